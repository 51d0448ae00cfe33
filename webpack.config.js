// license-webpack-plugin, which JupyterLab's builder runs, does not see modules that Rspack has joined into one: 25 of 32 bundled packages
// were missing from third-party-licenses.json. The bundle grows by what tests/wheel allows.
module.exports = { optimization: { concatenateModules: false } };
