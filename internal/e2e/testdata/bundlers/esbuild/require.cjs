const { start } = require("keygen-auth");

try {
  start({ account: "demo" });
} catch (error) {
  console.log(error.message);
}
