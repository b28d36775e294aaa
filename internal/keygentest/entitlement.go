package keygentest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/google/uuid"
)

// Entitlement is a feature that licenses and policies may carry.
type Entitlement struct {
	ID          string // UUID
	Code        string
	Name        string
	Environment string // code; "" means global
	Metadata    map[string]any
}

type entitlement struct {
	entry
	code     string
	name     string
	metadata *object
}

// AddEntitlement stores an entitlement and returns it with ID filled in. account is an id or slug. It panics when the
// account or environment is unknown, or when ID or code are taken.
func (a *API) AddEntitlement(account string, e Entitlement) Entitlement {
	e.ID = cmp.Or(e.ID, uuid.NewString())
	a.mu.Lock()
	defer a.mu.Unlock()
	acc := a.mustAccount(account)
	acc.mustKnow(e.Environment)
	if a.entitlementNamed(acc, e.ID) != nil || a.entitlementNamed(acc, e.Code) != nil {
		panic(fmt.Sprintf("keygentest: entitlement %s (%s) exists", e.Code, e.ID))
	}
	a.entitlements[e.ID] = &entitlement{
		entry: a.newEntry(acc, e.Environment, e.ID), code: e.Code, name: e.Name, metadata: storedMetadata(e.Metadata),
	}
	return e
}

// entitlementNamed returns the entitlement with that id or code, or nil.
func (a *API) entitlementNamed(acc *account, name string) *entitlement {
	for _, e := range a.entitlements {
		if e.account == acc && (e.id == name || e.code == name) {
			return e
		}
	}
	return nil
}

func (a *API) mustEntitlements(acc *account, names []string) []*entitlement {
	var out []*entitlement
	for _, name := range names {
		e := a.entitlementNamed(acc, name)
		if e == nil {
			panic(fmt.Sprintf("keygentest: no entitlement %q", name))
		}
		out = append(out, e)
	}
	return out
}

func entitlementRoutes() []route {
	return []route{
		forUsers(http.MethodGet, "entitlements", listEntitlements),
		forUsers(http.MethodGet, "entitlements/{entitlement}", showEntitlement),
	}
}

func listEntitlements(x *exchange) (*reply, error) {
	if err := x.allow("entitlement.read"); err != nil {
		return nil, err
	}
	return list(x, newest(x.api.entitlements, x.seesEntitlement))
}

func showEntitlement(x *exchange) (*reply, error) {
	return x.showEntitlementIf("entitlement.read", x.seesEntitlement)
}

// showEntitlementIf answers with the entitlement of the path unless it is to stay hidden.
func (x *exchange) showEntitlementIf(permission string, visible func(*entitlement) bool) (*reply, error) {
	name := x.params["entitlement"]
	e := x.api.entitlementNamed(x.account, name)
	if e == nil || !visible(e) {
		return nil, notFound("entitlement", name)
	}
	if err := x.allow(permission); err != nil {
		return nil, err
	}
	return x.show(e), nil
}

// seesEntitlement reports whether the bearer holds an entitlement by any license.
func (x *exchange) seesEntitlement(e *entitlement) bool {
	if !x.holds(&e.entry) {
		return false
	}
	if x.user.isStaff() {
		return true
	}
	for _, l := range x.api.licenses {
		if x.seesLicense(l) && l.grants(e) {
			return true
		}
	}
	return false
}

type entitlementAttributes struct {
	Name     string          `json:"name"`
	Code     string          `json:"code"`
	Metadata json.RawMessage `json:"metadata"`
	Created  string          `json:"created"`
	Updated  string          `json:"updated"`
}

type entitlementRelationships struct {
	Account     relationship  `json:"account"`
	Environment *relationship `json:"environment,omitempty"`
}

func (e *entitlement) link() string { return e.account.base() + "/entitlements/" + e.id }

func (e *entitlement) resource(x *exchange) any {
	return resource{
		ID:   e.id,
		Type: "entitlements",
		Attributes: entitlementAttributes{
			Name: e.name, Code: e.code, Metadata: x.metadata(e.metadata), Created: stamp(e.created), Updated: stamp(e.updated),
		},
		Relationships: entitlementRelationships{
			Account:     e.account.relationship(),
			Environment: x.environmentOf(e.account, e.environment),
		},
		Links: map[string]string{"self": e.link()},
	}
}
