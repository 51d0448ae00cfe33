/**
 * Two readings of one question: which of the two queries a block shows is the user's choice.
 */
import type { IBlock } from '../../wire';
import { fence, splitSegments } from '../view/segments';

/** The block with its second reading as its query, and its query as the second reading; null where it has none. */
export function otherReading(block: IBlock): IBlock | null {
  const { alternative } = block;
  if (!alternative) {
    return null;
  }
  if (alternative.first) {
    return alternative.first;
  }
  return {
    ...block,
    source: alternative.source,
    words: alternative.words,
    rows: alternative.rows,
    cell: alternative.cell,
    // what was found out is about the other query; both are bound, which is why there are two
    diagnostics: [],
    repairs: [],
    grade: null,
    reasons: [],
    alternative: {
      source: block.source,
      does: alternative.instead,
      instead: alternative.does,
      words: block.words,
      rows: block.rows,
      cell: block.cell,
      first: block
    }
  };
}

/** An answer's Markdown with `source` as the text of its code block `index`. */
export function withCode(
  markdown: string,
  index: number,
  source: string
): string {
  return splitSegments(markdown)
    .map(segment =>
      segment.kind === 'prose'
        ? segment.text.trim()
        : fence(
            segment.index === index ? source : segment.source,
            segment.language
          )
    )
    .join('\n\n');
}
