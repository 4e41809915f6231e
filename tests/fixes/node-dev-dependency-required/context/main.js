const ts = require("typescript");
console.log(ts.version);
