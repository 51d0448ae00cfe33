/**
 * The assistant's icon.
 */
import { LabIcon } from '@jupyterlab/ui-components';

import qwenSvg from '../style/icons/qwen.svg';

export const qwenIcon = new LabIcon({
  name: 'jupyter_qwen:qwen',
  svgstr: qwenSvg
});
