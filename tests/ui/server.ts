/** Where the test servers listen, and how they are asked in. */
export const SCRIPTED_PORT = Number(process.env.QWEN_UI_SCRIPTED_PORT ?? 8931);
export const MODEL_PORT = Number(process.env.QWEN_UI_MODEL_PORT ?? 8932);
export const TOKEN = 'ui-tests';
/** Where `jupyter qwen demo` itself listens. */
export const DEMO_PORT = Number(
  process.env.QWEN_UI_DEMO_PORT ?? MODEL_PORT + 1
);
