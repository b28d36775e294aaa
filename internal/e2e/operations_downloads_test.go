package e2e

// downloadOperations are those on what the demo's licenses are for.
var downloadOperations = []operation{
	{call: `releases.list()`, holds: `r.data.map((one) => one.attributes.version).sort().join() === "2.0.0,2.1.0"`},
	{call: `releases.list({channel: "beta", limit: 101})`, refused: "400 HTTP_400 limit"},
	{call: `releases.all({limit: 1}).next()`, holds: `r.value.type === "releases"`},
	{call: `releases.get("2.1.0")`, holds: `(window.newest = r.data.id) && r.data.attributes.version === "2.1.0"`},
	{call: `releases.get(newest)`, holds: `r.data.id === newest`},
	{call: `releases.get("9.9.9")`, refused: "404 NOT_FOUND -"},
	{call: `releases.get("..")`, refused: "0 ARGUMENT_INVALID -"},
	{call: `releases.upgrade("2.0.0")`, holds: `r.data.id === newest && r.meta.current === "2.0.0" && r.meta.next === "2.1.0"`},
	{call: `releases.upgrade("2.1.0")`, refused: "404 NOT_FOUND -"},
	{call: `releases.upgrade("2.0.0", {constraint: "3"})`, refused: "404 NOT_FOUND -"},

	{call: `artifacts.list({release: newest})`, holds: `r.data.length === 3 && r.data.every((one) => one.relationships.release.data.id === newest)`},
	{call: `artifacts.all({limit: 1}).next()`, holds: `r.value.type === "artifacts"`},
	{call: `artifacts.get("studio-2.1.0.dmg")`, holds: `(window.file = r.data.id) && r.data.attributes.checksum && !r.data.links.redirect`},
	{call: `artifacts.get("nothing.dmg")`, refused: "404 NOT_FOUND -"},
	{call: `artifacts.download(file)`, holds: `new URL(r.data.links.redirect).origin !== origin`},
	{call: `artifacts.download("studio-2.1.0.dmg", {release: "2.1.0"})`, holds: `r.data.id === file`},
	{call: `artifacts.download("studio-2.1.0.dmg", {release: "2.0.0"})`, refused: "404 NOT_FOUND -"},
	{call: `artifacts.download("..")`, refused: "0 ARGUMENT_INVALID -"},
}
