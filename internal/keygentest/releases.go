package keygentest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func releaseRoutes() []route {
	read := func(path string, handle func(*exchange) (*reply, error)) route {
		return route{method: http.MethodGet, path: path, sub: true, auth: (*exchange).optionalToken, handle: handle}
	}
	return []route{
		read("releases", listReleases),
		read("releases/{release}", withRelease(func(x *exchange, r *release) (*reply, error) { return x.show(r), nil })),
		read("releases/{release}/artifacts", withRelease(listArtifactsOfRelease)),
		read("releases/{release}/artifacts/{artifact}", withRelease(showArtifactOfRelease)),
		read("releases/{release}/upgrade", withRelease(upgrade)),
		read("releases/{release}/constraints", withRelease(noConstraints)),
		read("releases/{release}/entitlements", withRelease(noConstraints)),
		forUsers(http.MethodGet, "releases/{release}/product", denyAll("product.read")),
		read("artifacts", listArtifacts),
		read("artifacts/{artifact}", showArtifact),
		read("platforms", listKeys("platforms", func(f *artifact) string { return f.Platform })),
		read("arches", listKeys("arches", func(f *artifact) string { return f.Arch })),
		read("channels", listKeys("channels", func(f *artifact) string { return f.release.Channel })),
		read("engines", listKeys("engines", func(*artifact) string { return "" })),
		read("packages", listKeys("packages", func(*artifact) string { return "" })),
		forUsers(http.MethodPost, "releases", denyAll("release.create")),
		forUsers(http.MethodPatch, "releases/{release}", denyAll("release.update")),
		forUsers(http.MethodDelete, "releases/{release}", denyAll("release.delete")),
		forUsers(http.MethodPost, "releases/{release}/actions/yank", denyAll("release.yank")),
		forUsers(http.MethodPost, "artifacts", denyAll("artifact.create")),
		forUsers(http.MethodDelete, "artifacts/{artifact}", denyAll("artifact.delete")),
	}
}

// seesRelease reports whether a release is there for the bearer, and suspended whether they only have suspended licenses
// of it: they may know of it, and not have it.
func (x *exchange) seesRelease(r *release) (sees, suspended bool) {
	if r.account != x.account || r.Status != "PUBLISHED" || r.product.DistributionStrategy == "CLOSED" {
		return false, false
	}
	if r.product.DistributionStrategy == "OPEN" && len(r.constraints) == 0 {
		return true, false
	}
	suspended = true
	for _, l := range x.api.licenses {
		if x.user == nil || !l.has(x.user) || l.policy.Product != r.product.ID || !l.reaches(x, r) {
			continue
		}
		sees, suspended = true, suspended && l.suspended
	}
	return sees, sees && suspended
}

// reaches reports whether a license is good for a release: by what it entitles to, and by its expiry.
func (l *license) reaches(x *exchange, r *release) bool {
	if slices.ContainsFunc(r.constraints, func(e *entitlement) bool { return !l.grants(e) }) {
		return false
	}
	if !l.expired(x.now) {
		return true
	}
	switch l.policy.ExpirationStrategy {
	case "ALLOW_ACCESS":
		return true
	case "REVOKE_ACCESS":
		return false
	}
	return !r.created.After(l.expiry)
}

// haveRelease refuses what the bearer may not have, or not even know of.
func (x *exchange) haveRelease(r *release, missing error) error {
	if r == nil {
		return missing
	}
	sees, suspended := x.seesRelease(r)
	switch {
	case !sees:
		return missing
	case suspended:
		return x.deny()
	}
	return nil
}

// judgeLists refuses lists to those whose licenses are all suspended.
func (x *exchange) judgeLists() error {
	if x.user == nil {
		return nil
	}
	all, bad := 0, 0
	for _, l := range x.api.licenses {
		if l.has(x.user) {
			all++
			bad += boolean(l.suspended)
		}
	}
	if all > 0 && all == bad {
		return x.deny()
	}
	return nil
}

// given is filter for parameters of which an empty one counts as left out.
func (x *exchange) given(name string, values ...string) bool {
	return x.query.Get(name) == "" || x.filter(name, values...)
}

func (x *exchange) visibleReleases() []*release {
	return newest(x.api.releases, func(r *release) bool {
		sees, suspended := x.seesRelease(r)
		return sees && !suspended
	})
}

func listReleases(x *exchange) (*reply, error) {
	if err := x.judgeLists(); err != nil {
		return nil, err
	}
	return list(x, slices.DeleteFunc(x.visibleReleases(), func(r *release) bool {
		return !(x.given("product", r.product.ID) && r.within(x.query.Get("channel")) && x.given("status", r.Status) &&
			x.given("engine") && x.given("package"))
	}))
}

// withRelease returns a handler of the release that the path names by id, version or tag.
func withRelease(do func(*exchange, *release) (*reply, error)) func(*exchange) (*reply, error) {
	return func(x *exchange) (*reply, error) {
		name := x.params["release"]
		var found *release
		// The first of that version or tag, of those that there are for the bearer.
		for _, r := range slices.Backward(newest(x.api.releases, func(r *release) bool { return r.account == x.account })) {
			sees, _ := x.seesRelease(r)
			if r.id == name || sees && x.given("product", r.product.ID) && (r.Version == name || r.Tag != "" && r.Tag == name) {
				found = r
				break
			}
		}
		if err := x.haveRelease(found, notFound("release", name)); err != nil {
			return nil, err
		}
		return do(x, found)
	}
}

// upgrade answers with the newest release of the product that the channel and the constraint let through.
func upgrade(x *exchange, current *release) (*reply, error) {
	channel := x.query.Get("channel")
	if channel == "" {
		channel = current.Channel
	}
	var next *release
	for _, r := range x.visibleReleases() {
		if r.product != current.product || !r.within(channel) || !satisfies(r.semver(), x.query.Get("constraint")) {
			continue
		}
		if r.semver().compare(current.semver()) > 0 && (next == nil || r.semver().compare(next.semver()) > 0) {
			next = r
		}
	}
	if next == nil {
		return nil, missing("The requested upgrade was not found")
	}
	return document(http.StatusOK, struct {
		Data any               `json:"data"`
		Meta map[string]string `json:"meta"`
	}{next.resource(x), map[string]string{"current": current.Version, "next": next.Version}}), nil
}

// satisfies takes "1" and "1.0" for all of 1, and "1.0.0" for all of 1.0.
func satisfies(v semver, constraint string) bool {
	if constraint == "" {
		return true
	}
	numbers := strings.Split(constraint, ".")
	major, _ := strconv.Atoi(numbers[0])
	if v.Major != major {
		return false
	}
	if len(numbers) < 3 {
		return true
	}
	minor, _ := strconv.Atoi(numbers[1])
	return v.Minor == minor
}

func noConstraints(x *exchange, r *release) (*reply, error) { return list(x, r.constraints) }

func (x *exchange) visibleArtifacts(match func(*artifact) bool) []*artifact {
	return newest(x.api.artifacts, func(f *artifact) bool {
		sees, suspended := x.seesRelease(f.release)
		return sees && !suspended && f.Status == "UPLOADED" && match(f)
	})
}

func (x *exchange) matchesArtifact(f *artifact) bool {
	r := f.release
	return x.given("release", r.id) && x.given("product", r.product.ID) && r.within(x.query.Get("channel")) &&
		x.given("status", f.Status) && x.given("platform", f.Platform) && x.given("arch", f.Arch) &&
		x.given("filetype", f.Filetype) && x.given("engine") && x.given("package")
}

func listArtifacts(x *exchange) (*reply, error) {
	if err := x.judgeLists(); err != nil {
		return nil, err
	}
	return list(x, x.visibleArtifacts(x.matchesArtifact))
}

func listArtifactsOfRelease(x *exchange, r *release) (*reply, error) {
	return list(x, x.visibleArtifacts(func(f *artifact) bool { return f.release == r && x.matchesArtifact(f) }))
}

func showArtifact(x *exchange) (*reply, error) {
	return x.showArtifact(func(*artifact) bool { return true })
}

func showArtifactOfRelease(x *exchange, r *release) (*reply, error) {
	return x.showArtifact(func(f *artifact) bool { return f.release == r })
}

// showArtifact answers with the file that the path names by id or filename, and sends to where it lies unless the client
// prefers otherwise.
func (x *exchange) showArtifact(match func(*artifact) bool) (*reply, error) {
	name := x.params["artifact"]
	var found *artifact
	for _, f := range newest(x.api.artifacts, match) {
		sees, _ := x.seesRelease(f.release)
		if sees && f.Status == "UPLOADED" && (f.id == name || f.Filename == name) {
			found = f
			break
		}
	}
	missing := notFound("artifact", name)
	if found == nil {
		return nil, missing
	}
	if err := x.haveRelease(found.release, missing); err != nil {
		return nil, err
	}
	prefer := x.req.Header.Get("Prefer")
	if strings.Contains(prefer, "no-download") {
		return x.show(found), nil
	}
	address := x.storageAddress(found)
	status := http.StatusSeeOther
	if strings.Contains(prefer, "no-redirect") {
		status = http.StatusOK
	}
	rep := document(status, map[string]any{"data": found.render(x, address)})
	rep.header.Set("Location", address)
	return rep, nil
}

// listKeys lists what the files that the bearer sees have in common, newest first.
func listKeys(kind string, of func(*artifact) string) func(*exchange) (*reply, error) {
	return func(x *exchange) (*reply, error) {
		var keys []*key
		for _, f := range slices.Backward(x.visibleArtifacts(func(*artifact) bool { return true })) {
			name := of(f)
			if name != "" && !slices.ContainsFunc(keys, func(k *key) bool { return k.name == name }) {
				keys = append(keys, &key{entry: f.entry, kind: kind, name: name})
			}
		}
		slices.Reverse(keys)
		return list(x, keys)
	}
}

// A key is a platform, an architecture or a channel.
type key struct {
	entry
	kind, name string
}

func (k *key) resource(x *exchange) any {
	return resource{
		ID: k.id, Type: k.kind,
		Attributes: struct {
			Name    *string `json:"name"`
			Key     string  `json:"key"`
			Created string  `json:"created"`
			Updated string  `json:"updated"`
		}{nil, k.name, stamp(k.created), stamp(k.updated)},
		Relationships: map[string]any{"account": k.account.relationship()},
		Links:         map[string]string{"related": k.account.base() + "/" + k.kind + "/" + k.id},
	}
}
