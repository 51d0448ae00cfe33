/**
 * Split a byte stream into JSON lines.
 *
 * Characters may be cut between chunks, and a line may span many. A line that is not JSON raises SyntaxError. Closing the
 * generator cancels the stream, which aborts the request.
 */
export async function* parseLines(
  body: ReadableStream<Uint8Array>
): AsyncGenerator<unknown> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  // Pieces are joined once per line, so that one line of a megabyte costs no quadratic copying.
  let pieces: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const lines = (
        done ? decoder.decode() : decoder.decode(value, { stream: true })
      ).split('\n');
      for (let index = 0; index < lines.length - 1; index++) {
        pieces.push(lines[index]);
        const line = pieces.join('');
        pieces = [];
        if (line.trim()) {
          yield JSON.parse(line);
        }
      }
      pieces.push(lines[lines.length - 1]);
      if (done) {
        const rest = pieces.join('');
        if (rest.trim()) {
          yield JSON.parse(rest);
        }
        return;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined); // already closed or aborted: nothing is left to cancel
  }
}
