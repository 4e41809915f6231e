require("lodash");
require("fs").writeFileSync("x", "ok");
