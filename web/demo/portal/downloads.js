// What there is to download: the newest release of each product with its files, and older ones on request.
import { thisBrowser } from "./browser.js";
import { platformOf, sizeOf, words } from "./downloads-words.js";
import { attempt, byId, fromTemplate, load, say, thisVisit } from "./ui.js";
import { explain, onDate } from "./words.js";

const [list, alert, status] = ["downloads", "downloads-alert", "downloads-status"].map(byId);
const section = list.closest("section");

// fill writes the words of the page's language into what is marked.
function fill(root) {
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = words[element.dataset.word];
}
fill(section);

// why tells what the API refuses here.
const why = (error) => (error.status === 403 ? words.suspended : error.status === 404 ? words.missing : explain(error));

// newestFirst orders by version: what is released last may mend an older one.
const newestFirst = ({ attributes: { semver: a } }, { attributes: { semver: b } }) =>
  b.major - a.major || b.minor - a.minor || b.patch - a.patch || Boolean(a.prerelease) - Boolean(b.prerelease);

const aboutOf = ({ attributes: { version, backdated, created } }) => `${words.version} ${version} · ${onDate(backdated ?? created)}`;

const nameOf = ({ attributes: { name, version } }) => name || `${words.version} ${version}`;

async function filesOf(release, options) {
  const { data } = await keygenAuth.artifacts.list({ release: release.id, limit: 100 }, options);
  const mine = thisBrowser().platform;
  const rank = ({ attributes }) => (platformOf(attributes) === mine ? "0" : "1") + platformOf(attributes) + attributes.filename;
  return data.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

// fileRow returns the element of a file.
function fileRow({ id, attributes }) {
  const { root, part } = fromTemplate("file");
  fill(root);
  const { filename, arch, filesize, checksum } = attributes;
  const platform = platformOf(attributes);
  part("name").textContent = filename;
  part("here").hidden = platform !== thisBrowser().platform;
  part("about").textContent = [platform, arch, filesize !== null && sizeOf(filesize)].filter(Boolean).join(" · ");
  part("get").ariaLabel = `${words.download}: ${filename}`;
  part("copy").ariaLabel = `${words.copy}: ${filename}`;
  part("checksum").textContent = checksum;
  part("sum").hidden = !checksum;
  part("get").addEventListener("click", async () => {
    say(status, "");
    const get = async () => {
      const { data } = await keygenAuth.artifacts.download(id, thisVisit());
      location.assign(data.links.redirect); // which the browser saves; the page stays
      say(status, `${words.started}: ${filename}`);
    };
    await attempt(part("get"), alert, get, why);
  });
  part("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(checksum);
      say(status, words.copied);
    } catch {
      getSelection().selectAllChildren(part("checksum")); // the user can copy it with the keyboard
      say(status, words.selected);
    }
  });
  return root;
}

// show writes what a release has into its element.
function show(part, release, files) {
  const { description } = release.attributes;
  part("notes").textContent = description; // text, whatever it looks like
  part("notes").hidden = !description;
  part("files").replaceChildren(...files.map(fileRow));
  part("none").hidden = files.length > 0;
}

// older returns the element of a release that is not the newest. Its files are asked for when it is opened.
function older(release) {
  const { root, part } = fromTemplate("older");
  fill(root);
  part("summary").textContent = aboutOf(release);
  const details = root.querySelector("details");
  let asked = false;
  details.addEventListener("toggle", async () => {
    if (!details.open || asked) return;
    asked = true;
    const get = async () => show(part, release, await filesOf(release, thisVisit()));
    asked = await attempt(details, alert, get, why);
    if (!asked) details.open = false; // opening it tries again
  });
  return root;
}

// card returns the element of a product: its newest release, and the others.
function card([release, ...others], files) {
  const { root, part } = fromTemplate("release");
  fill(root);
  part("name").textContent = nameOf(release);
  part("about").textContent = aboutOf(release);
  show(part, release, files);
  part("olds").hidden = !others.length;
  part("older").replaceChildren(...others.map(older));
  part("olds").querySelector("summary").ariaLabel = `${words.older}: ${nameOf(release)}`;
  return root;
}

export const loadDownloads = () =>
  load(alert, byId("downloads-again"), async () => {
    const options = thisVisit();
    const products = new Map();
    for await (const release of keygenAuth.releases.all({ channel: section.dataset.channel }, options)) {
      const product = release.relationships.product.data.id;
      products.set(product, [...(products.get(product) ?? []), release]);
    }
    const all = [...products.values()].map((releases) => releases.sort(newestFirst));
    const files = await Promise.all(all.map(([newest]) => filesOf(newest, options)));
    list.replaceChildren(...all.map((releases, n) => card(releases, files[n])));
    byId("downloads-empty").hidden = all.length > 0;
  }, why);

export function clearDownloads() {
  list.replaceChildren();
  byId("downloads-empty").hidden = true;
}
