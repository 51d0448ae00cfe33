/** A model that is ready, as the server tells it. */
export const READY = {
  state: 'ready',
  message: '',
  hint: '',
  engine: 'llama',
  device: 'CPU',
  reason: '',
  model: {
    id: 'qwen2.5-coder-1.5b-instruct',
    label: 'Qwen2.5-Coder-1.5B',
    file: 'x.gguf',
    size_bytes: 1117320736,
    licence: 'Apache-2.0',
    fim: true
  },
  progress: null,
  tokens_per_second: 27.6,
  memory_bytes: 1400000000,
  context_tokens: 8192,
  remote: false,
  inline_completion: true,
  version: '0.1.0'
};
