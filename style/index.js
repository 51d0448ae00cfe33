import '@jupyter/chat/style/index.js';

import './base.css';
import './context.css';
import './notebook.css';
