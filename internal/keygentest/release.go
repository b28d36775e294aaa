package keygentest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Product is what is sold. Only its releases need one: policies may name any id.
type Product struct {
	ID   string // UUID
	Name string
	// DistributionStrategy says who may download: LICENSED, OPEN (everybody) or CLOSED (nobody); "" means LICENSED.
	DistributionStrategy string
}

// Release is a version of a product.
type Release struct {
	ID          string // UUID
	Product     string // id
	Version     string // semantic
	Channel     string // stable, rc, beta, alpha or dev; "" means stable
	Tag         string
	Name        string
	Description string
	Status      string    // PUBLISHED, DRAFT or YANKED; "" means PUBLISHED
	Constraints []string  // entitlements, by id or code, of which a license needs all
	Created     time.Time // zero: now
	Metadata    map[string]any
}

// Artifact is a file of a release.
type Artifact struct {
	ID        string // UUID
	Release   string // id
	Filename  string
	Filetype  string
	Platform  string
	Arch      string
	Filesize  int // that of Content if 0
	Checksum  string
	Signature string
	Status    string    // UPLOADED, WAITING, YANKED; "" means UPLOADED
	Created   time.Time // zero: now
	Content   []byte    // what the storage host sends
}

type product struct {
	Product
	account *account
}

type release struct {
	entry
	Release
	product     *product
	constraints []*entitlement
	metadata    *object
}

type artifact struct {
	entry
	Artifact
	release   *release
	downloads int
}

// channels are in the order of their stability. One takes in those before it; dev stands alone.
var channels = []string{"stable", "rc", "beta", "alpha"}

// AddProduct stores a product and returns it with ID and DistributionStrategy filled in. It panics when the account or the
// strategy is unknown, or the ID taken.
func (a *API) AddProduct(account string, p Product) Product {
	p.ID, p.DistributionStrategy = cmp.Or(p.ID, uuid.NewString()), cmp.Or(p.DistributionStrategy, "LICENSED")
	if !slices.Contains([]string{"LICENSED", "OPEN", "CLOSED"}, p.DistributionStrategy) {
		panic(fmt.Sprintf("keygentest: no strategy %q", p.DistributionStrategy))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.products[p.ID] != nil {
		panic(fmt.Sprintf("keygentest: product %s exists", p.ID))
	}
	a.products[p.ID] = &product{p, a.mustAccount(account)}
	return p
}

// AddRelease stores a release and returns it with ID, Channel and Status filled in. It panics when the product or a
// constraint is unknown, the version is not semantic, or the ID taken.
func (a *API) AddRelease(r Release) Release {
	r.ID, r.Channel, r.Status = cmp.Or(r.ID, uuid.NewString()), cmp.Or(r.Channel, "stable"), cmp.Or(r.Status, "PUBLISHED")
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.products[r.Product]
	if p == nil {
		panic(fmt.Sprintf("keygentest: no product %q", r.Product))
	}
	if _, ok := parseSemver(r.Version); !ok || a.releases[r.ID] != nil {
		panic(fmt.Sprintf("keygentest: release %s: version %q is not semantic, or the id taken", r.ID, r.Version))
	}
	added := &release{
		entry: a.newEntry(p.account, "", r.ID), Release: r, product: p,
		constraints: a.mustEntitlements(p.account, r.Constraints), metadata: storedMetadata(r.Metadata),
	}
	if !r.Created.IsZero() {
		added.created, added.updated = r.Created, r.Created
	}
	a.releases[r.ID] = added
	return r
}

// AddArtifact stores a file and returns it with ID, Filesize and Status filled in. It panics when the release is unknown
// or the ID taken.
func (a *API) AddArtifact(f Artifact) Artifact {
	f.ID, f.Status = cmp.Or(f.ID, uuid.NewString()), cmp.Or(f.Status, "UPLOADED")
	f.Filesize = cmp.Or(f.Filesize, len(f.Content))
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.releases[f.Release]
	if r == nil || a.artifacts[f.ID] != nil {
		panic(fmt.Sprintf("keygentest: artifact %s: no release %q, or the id taken", f.ID, f.Release))
	}
	added := &artifact{entry: a.newEntry(r.account, "", f.ID), Artifact: f, release: r}
	if !f.Created.IsZero() {
		added.created, added.updated = f.Created, f.Created
	}
	a.artifacts[f.ID] = added
	return f
}

// A semver is a semantic version. Build metadata plays no part in its order.
type semver struct {
	Major      int     `json:"major"`
	Minor      int     `json:"minor"`
	Patch      int     `json:"patch"`
	Prerelease *string `json:"prerelease"`
	Build      *string `json:"build"`
}

func parseSemver(text string) (v semver, ok bool) {
	rest, build, _ := strings.Cut(text, "+")
	core, prerelease, _ := strings.Cut(rest, "-")
	numbers := strings.Split(core, ".")
	if len(numbers) != 3 {
		return v, false
	}
	for i, into := range []*int{&v.Major, &v.Minor, &v.Patch} {
		n, err := strconv.Atoi(numbers[i])
		if err != nil {
			return v, false
		}
		*into = n
	}
	v.Prerelease, v.Build = optional(prerelease), optional(build)
	return v, true
}

// compare puts versions in order: a prerelease comes before its release.
func (v semver) compare(w semver) int {
	order := cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor), cmp.Compare(v.Patch, w.Patch))
	switch {
	case order != 0:
		return order
	case v.Prerelease == nil || w.Prerelease == nil:
		return cmp.Compare(boolean(v.Prerelease == nil), boolean(w.Prerelease == nil))
	}
	return cmp.Compare(*v.Prerelease, *w.Prerelease)
}

func boolean(is bool) int {
	if is {
		return 1
	}
	return 0
}

func (r *release) semver() semver {
	v, _ := parseSemver(r.Version)
	return v
}

// within reports whether a release is in a channel, "" being all.
func (r *release) within(channel string) bool {
	if channel == "" || channel == r.Channel {
		return true
	}
	wanted, own := slices.Index(channels, channel), slices.Index(channels, r.Channel)
	return own >= 0 && own <= wanted
}

type releaseAttributes struct {
	Name        *string         `json:"name"`
	Description *string         `json:"description"`
	Channel     string          `json:"channel"`
	Status      string          `json:"status"`
	Tag         *string         `json:"tag"`
	Version     string          `json:"version"`
	Semver      semver          `json:"semver"`
	Metadata    json.RawMessage `json:"metadata"`
	Created     string          `json:"created"`
	Updated     string          `json:"updated"`
	Backdated   *string         `json:"backdated"`
	Yanked      *string         `json:"yanked"`
}

type releaseRelationships struct {
	Account      relationship     `json:"account"`
	Product      relationship     `json:"product"`
	Package      relationship     `json:"package"`
	Entitlements relationshipLink `json:"entitlements"`
	Constraints  relationshipLink `json:"constraints"`
	Artifacts    relationshipLink `json:"artifacts"`
	Upgrade      relationshipLink `json:"upgrade"`
}

func (r *release) recordID() string { return r.id }

func (r *release) link() string { return r.account.base() + "/releases/" + r.id }

func (r *release) resource(x *exchange) any {
	return resource{
		ID: r.id, Type: "releases",
		Attributes: releaseAttributes{
			optional(r.Name), optional(r.Description), r.Channel, r.Status, optional(r.Tag), r.Version, r.semver(),
			x.metadata(r.metadata), stamp(r.created), stamp(r.updated), nil, nil,
		},
		Relationships: releaseRelationships{
			r.account.relationship(), to(r.link()+"/product", "products", r.product.ID), to(r.link()+"/package", "packages", ""),
			collection(r.link() + "/entitlements"), collection(r.link() + "/constraints"),
			collection(r.link() + "/artifacts"), collection(r.link() + "/upgrade"),
		},
		Links: map[string]string{"self": r.link()},
	}
}

type artifactAttributes struct {
	Filename  string          `json:"filename"`
	Filetype  *string         `json:"filetype"`
	Filesize  int             `json:"filesize"`
	Platform  *string         `json:"platform"`
	Arch      *string         `json:"arch"`
	Signature *string         `json:"signature"`
	Checksum  *string         `json:"checksum"`
	Status    string          `json:"status"`
	Metadata  json.RawMessage `json:"metadata"`
	Created   string          `json:"created"`
	Updated   string          `json:"updated"`
}

type artifactRelationships struct {
	Account relationship `json:"account"`
	Release relationship `json:"release"`
}

func (f *artifact) recordID() string { return f.id }

func (f *artifact) link() string { return f.account.base() + "/artifacts/" + f.id }

func (f *artifact) resource(x *exchange) any { return f.render(x, "") }

// render has the address of the file, if there is one to tell.
func (f *artifact) render(x *exchange, address string) any {
	links := map[string]string{"self": f.link(), "related": f.link() + "/" + f.Filename}
	if address != "" {
		links["redirect"] = address
	}
	return resource{
		ID: f.id, Type: "artifacts",
		Attributes: artifactAttributes{
			f.Filename, optional(f.Filetype), f.Filesize, optional(f.Platform), optional(f.Arch),
			optional(f.Signature), optional(f.Checksum), f.Status, x.metadata(nil), stamp(f.created), stamp(f.updated),
		},
		Relationships: artifactRelationships{
			f.account.relationship(), to(f.release.link(), "releases", f.release.id),
		},
		Links: links,
	}
}
