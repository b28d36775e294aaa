export default {
  resolve: { alias: { "keygen-auth": "keygen-auth/stand-in" } },
  test: { environment: "jsdom" },
};
