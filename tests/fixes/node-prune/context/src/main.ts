const text: string = "ok";
console.log(text);
