// records iterates over those of a group's list, page after page.
//   call(method, ...args): asks the program
export async function* records(call, group, query, options) {
  for (let cursor = ""; cursor !== null; ) {
    const { data, links } = await call(group + ".list", { ...query, page: { size: 100, cursor } }, options ?? query);
    yield* data;
    cursor = links.next && new URLSearchParams(links.next.split("?")[1]).get("page[cursor]");
  }
}
