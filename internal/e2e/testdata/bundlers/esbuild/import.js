import { start } from "keygen-auth";

try {
  start({ account: "demo" });
} catch (error) {
  console.log(error.message);
}
