package keygentest

import "time"

// The types below fix the order of members in documents, so that bodies, digests and signatures are reproducible.

type resource struct {
	ID            string            `json:"id"`
	Type          string            `json:"type"`
	Attributes    any               `json:"attributes"`
	Relationships any               `json:"relationships"`
	Links         map[string]string `json:"links"`
}

type relationship struct {
	Links related     `json:"links"`
	Data  *identifier `json:"data"`
}

// relationshipLink is a relationship to a collection, which tells no data.
type relationshipLink struct {
	Links related `json:"links"`
}

type related struct {
	Related *string `json:"related"`
}

type identifier struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

type tokenAttributes struct {
	Kind        string    `json:"kind"`
	Token       string    `json:"token,omitempty"`
	Expiry      *string   `json:"expiry"`
	Name        *string   `json:"name"`
	Permissions *[]string `json:"permissions,omitempty"`
	Created     string    `json:"created"`
	Updated     string    `json:"updated"`
}

type tokenRelationships struct {
	Account     relationship  `json:"account"`
	Environment *relationship `json:"environment,omitempty"`
	Bearer      relationship  `json:"bearer"`
}

type userAttributes struct {
	FullName    *string        `json:"fullName"`
	FirstName   *string        `json:"firstName"`
	LastName    *string        `json:"lastName"`
	Email       string         `json:"email"`
	Status      string         `json:"status"`
	Role        string         `json:"role"`
	Permissions *[]string      `json:"permissions,omitempty"`
	Metadata    map[string]any `json:"metadata"`
	Created     string         `json:"created"`
	Updated     string         `json:"updated"`
}

type userRelationships struct {
	Account       relationship     `json:"account"`
	Environment   *relationship    `json:"environment,omitempty"`
	Group         relationship     `json:"group"`
	Products      relationshipLink `json:"products"`
	Licenses      relationshipLink `json:"licenses"`
	Machines      relationshipLink `json:"machines"`
	Tokens        relationshipLink `json:"tokens"`
	SecondFactors relationshipLink `json:"secondFactors"`
}

// base is the start of all links in documents. It names the account by id, however the request did.
func (acc *account) base() string { return "/v1/accounts/" + acc.ID }

func (t *token) recordID() string { return t.id }

func (t *token) link() string { return t.user.account.base() + "/tokens/" + t.id }

// resource renders a token without its raw value.
func (t *token) resource(x *exchange) any { return t.render(x, "") }

func (t *token) render(x *exchange, raw string) resource {
	u := t.user
	return resource{
		ID:   t.id,
		Type: "tokens",
		Attributes: tokenAttributes{
			Kind:        t.kind(),
			Token:       raw,
			Expiry:      optionalStamp(t.expiry),
			Name:        t.name,
			Permissions: x.licensed(t.effective()),
			Created:     stamp(t.created),
			Updated:     stamp(t.updated),
		},
		Relationships: tokenRelationships{
			Account:     u.account.relationship(),
			Environment: x.environmentOf(u),
			Bearer:      relationship{related{new(u.link())}, &identifier{"users", u.ID}},
		},
		Links: map[string]string{"self": t.link()},
	}
}

func (u *user) recordID() string { return u.ID }

func (u *user) link() string { return u.account.base() + "/users/" + u.ID }

func (u *user) resource(x *exchange) any {
	return resource{
		ID:   u.ID,
		Type: "users",
		Attributes: userAttributes{
			FullName:    u.fullName(),
			FirstName:   optional(u.FirstName),
			LastName:    optional(u.LastName),
			Email:       u.Email,
			Status:      u.status(x.now),
			Role:        u.Role,
			Permissions: x.licensed(u.permissions()),
			Metadata:    map[string]any{},
			Created:     stamp(u.created),
			Updated:     stamp(u.created),
		},
		Relationships: userRelationships{
			Account:       u.account.relationship(),
			Environment:   x.environmentOf(u),
			Group:         relationship{Links: related{new(u.link() + "/group")}},
			Products:      u.collection("products"),
			Licenses:      u.collection("licenses"),
			Machines:      u.collection("machines"),
			Tokens:        u.collection("tokens"),
			SecondFactors: u.collection("second-factors"),
		},
		Links: map[string]string{"self": u.link()},
	}
}

func (u *user) collection(name string) relationshipLink {
	return relationshipLink{related{new(u.link() + "/" + name)}}
}

func (acc *account) relationship() relationship {
	return relationship{related{new(acc.base())}, &identifier{"accounts", acc.ID}}
}

// environmentOf is nil on the Community Edition, whose documents do not know environments.
func (x *exchange) environmentOf(u *user) *relationship {
	switch {
	case x.api.opts.Community:
		return nil
	case u.Environment == "":
		return &relationship{}
	}
	id := u.account.environmentID(u.Environment)
	return &relationship{related{new(u.account.base() + "/environments/" + id)}, &identifier{"environments", id}}
}

// licensed hides permissions on the Community Edition.
func (x *exchange) licensed(permissions []string) *[]string {
	if x.api.opts.Community {
		return nil
	}
	return &permissions
}

// stamp is how documents write time: UTC with milliseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func optionalStamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return new(stamp(t))
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
