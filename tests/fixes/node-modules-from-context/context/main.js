require("lodash");
console.log("ok");
