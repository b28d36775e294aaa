package keygentest

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const nameMax = 255 // characters

func tokenRoutes() []route {
	token := (*exchange).requireToken
	return []route{
		{method: http.MethodPost, path: "tokens", auth: (*exchange).login, handle: generateToken},
		forUsers(http.MethodGet, "tokens", listTokens),
		forUsers(http.MethodPut, "tokens", regenerateCurrentToken),
		{method: http.MethodGet, path: "tokens/{id}", auth: token, handle: showToken},
		forUsers(http.MethodPut, "tokens/{id}", regenerateToken),
		{method: http.MethodDelete, path: "tokens/{id}", auth: token, handle: revokeToken},
		forUsers(http.MethodGet, "users/{user}/tokens", listTokensOfUser),
		forUsers(http.MethodPost, "users/{user}/tokens", generateTokenForUser),
		forUsers(http.MethodGet, "users/{user}/tokens/{id}", showTokenOfUser),
	}
}

// generateToken makes a token for the one who asks. The body comes before permission and ban, values come last.
func generateToken(x *exchange) (*reply, error) {
	if err := x.validate(x.tokenFields(true)); err != nil {
		return nil, err
	}
	if err := x.allow("token.generate"); err != nil {
		return nil, err
	}
	if id, sent := x.body.get("data", "relationships", "bearer", "data", "id"); sent && id != x.user.ID {
		return nil, x.deny()
	}
	return x.issueToken(x.user)
}

// generateTokenForUser is for staff: a user gets 403 even for an own token.
func generateTokenForUser(x *exchange) (*reply, error) {
	u, err := x.visibleUser(x.params["user"])
	if err != nil {
		return nil, err
	}
	if !x.user.isStaff() {
		return nil, x.deny()
	}
	if err := x.allow("token.generate"); err != nil {
		return nil, err
	}
	if err := x.validate(x.tokenFields(false)); err != nil {
		return nil, err
	}
	return x.issueToken(u)
}

// tokenFields describes the document of a new token; all of it is optional. With meta comes meta.otp.
func (x *exchange) tokenFields(own bool) []field {
	attributes := []field{
		{name: "name", kind: kindString, nullable: true},
		{name: "expiry", kind: kindTime, nullable: true},
	}
	relationships := []field{}
	if own {
		relationships = append(relationships, linkField("bearer",
			"user", "users", "product", "products", "license", "licenses", "environment", "environments"))
	}
	if !x.api.opts.Community {
		attributes = append(attributes, field{name: "permissions", kind: kindArray, items: &field{kind: kindString}})
		relationships = append(relationships, linkField("environment", "environment", "environments"))
	}
	fields := []field{{name: "data", kind: kindObject, fields: []field{
		typeField("token", "tokens"),
		{name: "attributes", kind: kindObject, fields: attributes},
		{name: "relationships", kind: kindObject, fields: relationships},
	}}}
	if own {
		fields = append(fields, field{name: "meta", kind: kindObject, fields: []field{
			{name: "otp", kind: kindString, required: true},
		}})
	}
	return fields
}

// issueToken makes a token of u as the document says and answers with its raw value.
func (x *exchange) issueToken(u *user) (*reply, error) {
	id, sent := x.body.get("data", "relationships", "environment", "data", "id")
	if sent && id != u.account.environmentID(x.environment) {
		return nil, forbidden("record environment is not compatible with the current environment")
	}
	var name *string
	if sent, _ := x.body.get("data", "attributes", "name"); sent != nil {
		name = new(sent.(string))
		if utf8.RuneCountInString(*name) > nameMax {
			return nil, unprocessable("NAME_TOO_LONG", "is too long (maximum is 255 characters)", "/data/attributes/name")
		}
	}
	permissions, err := x.wantedPermissions(u)
	if err != nil {
		return nil, err
	}

	t := x.api.newToken(u, x.now)
	t.name, t.permissions, t.expiry = name, permissions, x.wantedExpiry(u)
	rep := document(http.StatusCreated, map[string]any{"data": t.render(x, t.raw)})
	rep.header.Set("Location", x.origin()+t.link())
	return rep, nil
}

// wantedPermissions returns nil for those of the user, which "*" stands for.
func (x *exchange) wantedPermissions(u *user) ([]string, error) {
	sent, _ := x.body.get("data", "attributes", "permissions")
	list, ok := sent.([]any)
	if !ok || slices.Contains(list, any("*")) {
		return nil, nil
	}
	wanted := []string{}
	for _, p := range list {
		if !slices.Contains(u.permissions(), p.(string)) {
			return nil, unprocessable("PERMISSIONS_NOT_ALLOWED", "unsupported permissions", "/data/attributes/permissions")
		}
		wanted = append(wanted, p.(string))
	}
	return sorted(wanted), nil
}

// wantedExpiry returns zero for never. Tokens of role user expire unless null was sent.
func (x *exchange) wantedExpiry(u *user) time.Time {
	sent, found := x.body.get("data", "attributes", "expiry")
	switch {
	case found:
		return parseTime(sent)
	case u.isStaff():
		return time.Time{}
	default:
		return x.now.Add(tokenLifetime)
	}
}

func listTokens(x *exchange) (*reply, error) {
	if err := x.allow("token.read"); err != nil {
		return nil, err
	}
	return list(x, x.api.tokensWhere(func(t *token) bool { return x.sees(t) && x.matchesFilters(t) }))
}

// matchesFilters applies bearer[id], bearer[type] and bearer[role]. Filters narrow what is visible and never widen it.
func (x *exchange) matchesFilters(t *token) bool {
	is := func(filter string, values ...string) bool {
		return !x.query.Has(filter) || slices.Contains(values, x.query.Get(filter))
	}
	return is("bearer[id]", t.user.ID) && is("bearer[type]", "user", "users") && is("bearer[role]", t.user.Role)
}

func listTokensOfUser(x *exchange) (*reply, error) {
	u, err := x.userFor("token.read")
	if err != nil {
		return nil, err
	}
	return list(x, x.api.tokensWhere(func(t *token) bool { return t.user == u }))
}

func showToken(x *exchange) (*reply, error) {
	return x.withToken("token.read", func(t *token) *reply {
		return document(http.StatusOK, map[string]any{"data": t.resource(x)})
	})
}

func showTokenOfUser(x *exchange) (*reply, error) {
	u, err := x.userFor("token.read")
	if err != nil {
		return nil, err
	}
	if t := x.api.tokens[x.params["id"]]; t != nil && t.user == u {
		return x.show(t), nil
	}
	return nil, notFound("token", x.params["id"])
}

func regenerateToken(x *exchange) (*reply, error) {
	return x.withToken("token.regenerate", func(t *token) *reply {
		t.regenerate(x.now)
		return document(http.StatusOK, map[string]any{"data": t.render(x, t.raw)})
	})
}

// regenerateCurrentToken is the older form, which names no id.
func regenerateCurrentToken(x *exchange) (*reply, error) {
	x.params["id"] = x.token.id
	return regenerateToken(x)
}

func revokeToken(x *exchange) (*reply, error) {
	return x.withToken("token.revoke", func(t *token) *reply {
		delete(x.api.tokens, t.id)
		return newReply(http.StatusNoContent)
	})
}

// withToken answers with what do makes of the token of the path, once the bearer may see it and has permission.
func (x *exchange) withToken(permission string, do func(*token) *reply) (*reply, error) {
	t := x.api.tokens[x.params["id"]]
	if t == nil || !x.sees(t) {
		return nil, notFound("token", x.params["id"])
	}
	if err := x.allow(permission); err != nil {
		return nil, err
	}
	return do(t), nil
}

// sees reports whether the bearer may know of a token: users of their own, staff of all.
func (x *exchange) sees(t *token) bool {
	mine := t.user == x.user
	return mine || x.user.isStaff() && t.user.account == x.account && t.user.Environment == x.environment
}

// origin is the scheme and host the client used.
func (x *exchange) origin() string {
	if x.req.TLS != nil || strings.EqualFold(x.req.Header.Get("X-Forwarded-Proto"), "https") {
		return "https://" + x.req.Host
	}
	return "http://" + x.req.Host
}
