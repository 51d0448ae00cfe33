import '@jupyter/chat/style/index.js';

import './panel.css';
import './status.css';
import './answer.css';
import './block.css';
import './rows.css';
import './trust.css';
import './context.css';
import './notebook.css';
import './receipt.css';
