package keygentest

import (
	"encoding/json"
	"net/http"
	"time"
)

// The types below fix the order of members in documents, so that bodies, digests and signatures are reproducible.

type resource struct {
	ID            string            `json:"id"`
	Type          string            `json:"type"`
	Attributes    any               `json:"attributes"`
	Relationships any               `json:"relationships"`
	Links         map[string]string `json:"links,omitempty"`
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
	FullName    *string         `json:"fullName"`
	FirstName   *string         `json:"firstName"`
	LastName    *string         `json:"lastName"`
	Email       string          `json:"email"`
	Status      string          `json:"status"`
	Role        string          `json:"role"`
	Permissions *[]string       `json:"permissions,omitempty"`
	Metadata    json.RawMessage `json:"metadata"`
	Created     string          `json:"created"`
	Updated     string          `json:"updated"`
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

// A linked record has an address of its own.
type linked interface {
	record
	link() string
}

// show answers with one record.
func (x *exchange) show(r record) *reply {
	return document(http.StatusOK, map[string]any{"data": r.resource(x)})
}

// created answers with a new record.
func (x *exchange) created(r linked) *reply {
	rep := document(http.StatusCreated, map[string]any{"data": r.resource(x)})
	rep.header.Set("Location", x.origin()+r.link())
	return rep
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
			Environment: x.environmentOf(u.account, u.Environment),
			Bearer:      to(u.link(), "users", u.ID),
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
			Status:      x.userStatus(u),
			Role:        u.Role,
			Permissions: x.licensed(u.permissions()),
			Metadata:    x.metadata(u.metadata),
			Created:     stamp(u.created),
			Updated:     stamp(u.updated),
		},
		Relationships: userRelationships{
			Account:       u.account.relationship(),
			Environment:   x.environmentOf(u.account, u.Environment),
			Group:         to(u.link()+"/group", "groups", ""),
			Products:      collection(u.link() + "/products"),
			Licenses:      collection(u.link() + "/licenses"),
			Machines:      collection(u.link() + "/machines"),
			Tokens:        collection(u.link() + "/tokens"),
			SecondFactors: collection(u.link() + "/second-factors"),
		},
		Links: map[string]string{"self": u.link()},
	}
}

// to relates to one record, or to none if there is no id.
func to(link, kind, id string) relationship {
	r := relationship{Links: related{&link}}
	if id != "" {
		r.Data = &identifier{kind, id}
	}
	return r
}

func collection(link string) relationshipLink { return relationshipLink{related{&link}} }

func (acc *account) relationship() relationship { return to(acc.base(), "accounts", acc.ID) }

// environmentOf is nil on the Community Edition, whose documents do not know environments.
func (x *exchange) environmentOf(acc *account, code string) *relationship {
	switch {
	case x.api.opts.Community:
		return nil
	case code == "":
		return &relationship{}
	}
	id := acc.environmentID(code)
	return new(to(acc.base()+"/environments/"+id, "environments", id))
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
