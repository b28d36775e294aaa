import { start } from "keygen-auth";

export default {
  fetch() {
    try {
      start({ account: "demo" });
    } catch (error) {
      return new Response(error.message);
    }
    return new Response("started");
  },
};
