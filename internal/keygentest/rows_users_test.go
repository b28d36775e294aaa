package keygentest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// signUp is POST users by an anonymous visitor.
func signUp(attributes string) call {
	return post("users", "", `{"data":{"type":"users","attributes":`+attributes+`}}`)
}

func userBody(attributes string) string {
	return `{"data":{"type":"users","attributes":` + attributes + `}}`
}

func TestSignUp(t *testing.T) {
	const email, password = "/data/attributes/email", "/data/attributes/password"
	runRows(t, []row{
		{name: "50 sign-up", run: func(s *scene) {
			a := s.expect(signUp(`{"email":" Eve@Example.com","password":"secret","firstName":"Eve","last_name":"",
				"metadata":{"Customer ID":5}}`), want{status: 201})
			id := a.text("data", "id")
			assert.Equal(s.t, "users", a.text("data", "type"))
			assert.Equal(s.t, "user", a.text("data", "attributes", "role"))
			assert.Equal(s.t, "eve@example.com", a.text("data", "attributes", "email"))
			assert.Equal(s.t, "Eve", a.text("data", "attributes", "firstName"))
			assert.Equal(s.t, map[string]any{"customerId": 5.0}, a.at("data", "attributes", "metadata"))
			assert.Equal(s.t, s.URL+"/v1/accounts/"+s.demo.Account.ID+"/users/"+id, a.header.Get("Location"))
			assert.Empty(s.t, a.header.Get("Keygen-Bearer"))
			assert.Len(s.t, a.doc, 1)
			assert.Empty(s.t, s.Tokens(id), "no token is issued")
			s.expect(login("eve@example.com", "secret"), want{status: 201})
		}},
		{name: "51 sign-up with null password, or none", run: func(s *scene) {
			s.expect(signUp(`{"email":"eve@example.com","password":null}`), want{status: 201})
			s.expect(login("eve@example.com", "x"), refusedCredentials("PASSWORD_NOT_SUPPORTED"))
			s.expect(signUp(`{"email":"bob@example.com"}`), want{status: 201})
			s.expect(login("bob@example.com", "x"), refusedCredentials("PASSWORD_NOT_SUPPORTED"))
		}},
		{name: "52 bad values", run: func(s *scene) {
			for _, c := range []struct {
				attributes string
				want       want
			}{
				{`{"email":"eve@example.com","password":"12345"}`, invalid("PASSWORD_TOO_SHORT", password)},
				{`{"email":"eve@example.com","password":"äöüßé"}`, invalid("PASSWORD_TOO_SHORT", password)},
				{`{"email":"eve@example.com","password":"` + strings.Repeat("x", 73) + `"}`, invalid("PASSWORD_TOO_LONG", password)},
				{`{"email":"eve"}`, invalid("EMAIL_INVALID", email)},
				{`{"email":"eve@example"}`, invalid("EMAIL_INVALID", email)},
				{`{"email":"e@` + strings.Repeat("x", 250) + `.com"}`, invalid("EMAIL_TOO_LONG", email)},
				{`{"email":"e@x.co","firstName":"` + strings.Repeat("x", 256) + `"}`, invalid("FIRST_NAME_TOO_LONG", "/data/attributes/firstName")},
				{`{"email":"e@x.co","lastName":"` + strings.Repeat("x", 256) + `"}`, invalid("LAST_NAME_TOO_LONG", "/data/attributes/lastName")},
				{`{"email":"e@x.co","metadata":{"x":"` + strings.Repeat("x", 16<<10) + `"}}`, invalid("METADATA_TOO_LONG", "/data/attributes/metadata")},
				{`{"email":"e@x.co","metadata":` + manyKeys(65) + `}`, invalid("METADATA_TOO_LONG", "/data/attributes/metadata")},
			} {
				s.expect(signUp(c.attributes), c.want)
			}
			s.expectAll(signUp(`{"email":"eve","password":"x"}`), "EMAIL_INVALID "+email, "PASSWORD_TOO_SHORT "+password)
			// As long, and as much, as it gets: characters count, not bytes.
			s.expect(signUp(`{"email":"a@x.co","password":"äöüßéñ"}`), want{status: 201})
			s.expect(signUp(`{"email":"b@x.co","password":"`+strings.Repeat("ä", 72)+`"}`), want{status: 201})
			s.expect(signUp(`{"email":"c@x.co","firstName":"`+strings.Repeat("ä", 255)+`"}`), want{status: 201})
			s.expect(signUp(`{"email":"d@x.co","metadata":`+manyKeys(64)+`}`), want{status: 201})
		}},
		{name: "53 email in use", run: func(s *scene) {
			a := s.expect(signUp(`{"email":"ADA@example.com","password":"secret"}`), invalid("EMAIL_TAKEN", email))
			assert.Equal(s.t, "has already been taken", a.text("errors", 0, "detail"))
			s.expect(login("ada@example.com", "correct horse battery"), want{status: 201})
		}},
		{name: "54 keys that visitors may not send", run: func(s *scene) {
			for _, name := range []string{"role", "permissions", "id", "fullName", "status"} {
				s.expect(signUp(`{"email":"eve@example.com","`+name+`":"x"}`), notPermitted("/data/attributes/"+name))
			}
			group := `{"data":{"type":"users","attributes":{"email":"eve@example.com"},"relationships":{"group":{"data":null}}}}`
			s.expect(post("users", "", group), notPermitted("/data/relationships"))
			s.expect(post("users", "", `{"data":{"type":"users","attributes":{"email":"e@x.co"}},"meta":{}}`), notPermitted("/meta"))
		}},
		{name: "55 email missing or no text", run: func(s *scene) {
			for attributes, detail := range map[string]string{
				`{}`:             "is missing",
				`{"email":null}`: "cannot be null",
				`{"email":""}`:   "cannot be blank",
				`{"email":" "}`:  "cannot be blank",
				`{"email":42}`:   "type mismatch (received integer expected string)",
			} {
				s.expect(signUp(attributes), want{status: 400, title: "Bad request", pointer: email, detail: detail})
			}
			s.expect(signUp(`{"email":"e@x.co","password":""}`), want{status: 400, pointer: password, detail: "cannot be blank"})
			s.expect(signUp(`{"email":"e@x.co","password":1}`), want{status: 400, pointer: password})
			s.expect(signUp(`null`), want{status: 400, pointer: "/data/attributes", detail: "cannot be null"})
			s.expect(post("users", "", `{"data":{"attributes":{"email":"e@x.co"}}}`), want{status: 400, pointer: "/data/type"})
			s.expect(post("users", "", ``), want{status: 400, pointer: "/data", detail: "is missing"})
			s.expect(signUp(`{"email":"e\u0000@x.co"}`), want{status: 400, code: "ENCODING_INVALID"})
		}},
		{name: "56 protected account", run: func(s *scene) {
			acc := s.AddAccount(keygentest.Account{Slug: "closed", Protected: true})
			c := signUp(`{"email":"eve@example.com","password":"secret"}`)
			c.path = "/v1/accounts/closed/users"
			w := denied()
			w.account = acc
			a := s.expect(c, w)
			assert.Contains(s.t, a.text("errors", 0, "detail"), "(ensure a token or license is present and valid)")
			// The document comes first, values come last.
			s.expect(c.with(`{}`), want{status: 400, pointer: "/data", account: acc})
			s.expect(c.with(userBody(`{"email":"x","password":"x"}`)), w)
		}},
		{name: "57 sign-up with a token", run: func(s *scene) {
			c := signUp(`{"email":"eve@example.com","password":"secret"}`)
			_, c.auth = s.signIn(s.demo.Plain)
			a := s.expect(c, denied())
			assert.Contains(s.t, a.text("errors", 0, "detail"), "(user lacks permission to perform action)")
			s.expect(c.with(`{}`), want{status: 400, pointer: "/data"})
			for auth, code := range map[string]string{
				"Bearer stale": "TOKEN_INVALID", "Bearer": "TOKEN_MISSING", "Token": "TOKEN_MISSING", "License": "TOKEN_MISSING", basic("e@x.co:pw"): "TOKEN_INVALID", "License x": "LICENSE_INVALID",
			} {
				c.auth = auth
				s.expect(c, want{status: 401, code: code})
			}
			c.auth, c.path = "", "users?token=stale"
			s.expect(c, want{status: 401, code: "TOKEN_INVALID"})
			c.auth = "Digest x" // which hides nothing and says nothing
			c.path = "users"
			s.expect(c, want{status: 201})
		}},
		{name: "58 garbage after the document", run: func(s *scene) {
			c := signUp(`{"email":"eve@example.com"}`)
			s.expect(c.with(c.body+"}"), want{status: 400, code: "JSON_INVALID", title: "Bad request", outside: true})
			s.expect(c, want{status: 201})
		}},
		{name: "29 cancelled account", run: func(s *scene) {
			acc := s.AddAccount(keygentest.Account{Slug: "gone", Cancelled: true})
			c := signUp(`{"email":"eve@example.com"}`)
			c.path = "/v1/accounts/gone/users"
			s.expect(c, inactive(acc))
		}},
	})
}

// manyKeys is an object with n members.
func manyKeys(n int) string {
	var members []string
	for i := range n {
		members = append(members, `"k`+strings.Repeat("x", i)+`":1`)
	}
	return "{" + strings.Join(members, ",") + "}"
}

func TestUsers(t *testing.T) {
	runRows(t, []row{
		{name: "59 update own name", run: func(s *scene) {
			_, auth := s.signIn(s.demo.Plain)
			own := "users/" + s.demo.Plain.ID
			s.clock.add(1e9)
			a := s.expect(patch(own, auth, userBody(`{"firstName":"Augusta","lastName":""}`)), want{status: 200})
			assert.Equal(s.t, "Augusta", a.text("data", "attributes", "firstName"))
			assert.Nil(s.t, a.at("data", "attributes", "fullName"))
			assert.Equal(s.t, "2026-10-06T12:00:01.000Z", a.text("data", "attributes", "updated"))
			assert.Equal(s.t, "2026-10-06T12:00:00.000Z", a.text("data", "attributes", "created"))
			a = s.expect(patch("users/ADA@Example.com", auth, userBody(`{"email":"Augusta@example.com ","firstName":null}`)), want{status: 200})
			assert.Equal(s.t, "augusta@example.com", a.text("data", "attributes", "email"))
			assert.Equal(s.t, "Augusta", a.text("data", "attributes", "firstName"), "null counts as absent")
			s.expect(get("me", auth), want{status: 200})
			s.expect(login("augusta@example.com", "correct horse battery"), want{status: 201})
			s.expect(patch(own, auth, userBody(`{"email":"augusta@example.com"}`)), want{status: 200})
			s.expect(patch(own, auth, userBody(`{"email":"grace@example.com"}`)), invalid("EMAIL_TAKEN", "/data/attributes/email"))
			s.expect(patch(own, auth, userBody(`{"email":"grace"}`)), invalid("EMAIL_INVALID", "/data/attributes/email"))
			s.expect(patch(own, auth, userBody(`{"email":""}`)), want{status: 400, pointer: "/data/attributes/email"})
		}},
		{name: "60 update what users may not", run: func(s *scene) {
			_, auth := s.signIn(s.demo.Plain)
			for _, name := range []string{"metadata", "password", "role", "permissions"} {
				s.expect(patch("users/"+s.demo.Plain.ID, auth, userBody(`{"`+name+`":"x"}`)), notPermitted("/data/attributes/"+name))
			}
		}},
		{name: "61 show a stranger, a teammate", run: func(s *scene) {
			c := s.crowd()
			c.license(keygentest.Policy{}, keygentest.License{})
			s.expect(get("users/"+c.stranger.ID, c.asOwner), missing)
			s.expect(get("users/"+c.owner.ID, c.asStranger), missing)
			s.expect(get("users/"+c.member.Email, c.asOwner), want{status: 200})
			a := s.expect(get("users/"+c.owner.ID, c.asMember), want{status: 200})
			assert.Equal(s.t, c.owner.ID, a.text("data", "id"))
			s.expect(get("users/"+c.owner.ID, ""), want{status: 401, code: "TOKEN_MISSING"})

			assert.Equal(s.t, []string{c.member.ID, c.owner.ID}, s.expect(get("users", c.asOwner), want{status: 200}).ids())
			assert.Equal(s.t, []string{c.stranger.ID}, s.expect(get("users", c.asStranger), want{status: 200}).ids())
		}},
		{name: "62 update a teammate", run: func(s *scene) {
			c := s.crowd()
			c.license(keygentest.Policy{}, keygentest.License{})
			s.expect(patch("users/"+c.member.ID, c.asOwner, `{"foo":1}`), denied()) // 403 comes before 400
			s.expect(patch("users/"+c.stranger.ID, c.asOwner, `{"foo":1}`), missing)
			s.expect(remove("users/"+c.owner.ID, c.asOwner), denied())
			s.expect(remove("users/"+c.stranger.ID, c.asOwner), missing)
		}},
	})
}

// What users have is for themselves.
func TestCollectionsOfUsers(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	l := c.license(keygentest.Policy{}, keygentest.License{})
	m := s.AddMachine(keygentest.Machine{License: l.ID})
	for path, ids := range map[string][]string{"licenses": {l.ID}, "machines": {m.ID}, "tokens": nil} {
		for _, u := range []keygentest.User{c.owner, c.member} {
			_, auth := s.signIn(u)
			a := s.expect(get("users/"+u.ID+"/"+path, auth), want{status: 200})
			if ids != nil {
				assert.Equal(t, ids, a.ids(), path)
			}
		}
		s.expect(get("users/"+c.member.ID+"/"+path, c.asOwner), denied())
		s.expect(get("users/"+c.stranger.ID+"/"+path, c.asOwner), missing)
		s.expect(get("users/"+c.owner.ID+"/"+path, ""), want{status: 401, code: "TOKEN_MISSING"})
	}
	assert.JSONEq(t, `{"data":null}`, string(s.expect(get("users/"+c.owner.ID+"/group", c.asOwner), want{status: 200}).body))
	s.expect(get("users/"+c.member.ID+"/group", c.asOwner), denied())
	s.expect(get("users/"+c.owner.ID+"/products", c.asOwner), denied())
	s.expect(post("users/"+c.member.ID+"/tokens", c.asOwner, ""), denied())
}
