import page from "./index.html";

Bun.serve({
  port: process.env.PORT,
  development: true,
  routes: {
    "/": page,
    "/keygen-auth/:file": ({ params }) => new Response(Bun.file("node_modules/keygen-auth/" + params.file)),
  },
});
