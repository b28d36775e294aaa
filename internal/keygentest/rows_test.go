package keygentest_test

import (
	"testing"

	"keygenauth/internal/keygentest"
)

// row is one line of the list of scenarios that the emulator has to play.
type row struct {
	name    string
	options keygentest.Options
	run     func(s *scene)
}

// runRows gives every row a server of its own.
func runRows(t *testing.T, rows []row) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) { row.run(open(t, row.options)) })
	}
}

// community are the options of a server without environments and permissions.
var community = keygentest.Options{Community: true}

// refusedCredentials is the 401 of a login whose header is at fault.
func refusedCredentials(code string) want {
	return want{status: 401, code: code, inHeader: "Authorization"}
}

// refusedCode is the 401 of a login whose one-time code is at fault.
func refusedCode(code string) want { return want{status: 401, code: code, pointer: "/meta/otp"} }

// denied is the 403 that names no code.
func denied() want { return want{status: 403, title: "Access denied"} }

// inactive is the 403 of an account that has ended its subscription.
func inactive(acc keygentest.Account) want {
	return want{status: 403, title: "Account does not have an active subscription", account: acc}
}

func withCode(code string) string { return `{"meta":{"otp":"` + code + `"}}` }

func withAttributes(attributes string) string {
	return `{"data":{"type":"tokens","attributes":` + attributes + `}}`
}

func withBearer(data string) string {
	return `{"data":{"type":"tokens","relationships":{"bearer":{"data":` + data + `}}}}`
}

// missing is the 404 of what does not exist or may not be seen.
var missing = want{status: 404, code: "NOT_FOUND", title: "Not found"}

// notPermitted is the 400 of a key that may not be sent.
func notPermitted(pointer string) want {
	return want{status: 400, title: "Bad request", pointer: pointer, detail: "unpermitted parameter"}
}

// invalid is the 422 of a value.
func invalid(code, pointer string) want {
	return want{status: 422, code: code, title: "Unprocessable resource", pointer: pointer}
}

// crowd is a scene with people around licenses: one who owns them, one who is attached, one who has nothing to do with
// either.
type crowd struct {
	*scene
	owner, member, stranger       keygentest.User
	asOwner, asMember, asStranger string // what they send as Authorization
}

func (s *scene) crowd() *crowd {
	s.t.Helper()
	c := &crowd{scene: s}
	for _, p := range []struct {
		user *keygentest.User
		auth *string
		name string
	}{{&c.owner, &c.asOwner, "owner"}, {&c.member, &c.asMember, "member"}, {&c.stranger, &c.asStranger, "stranger"}} {
		*p.user = s.AddUser("demo", keygentest.User{Email: p.name + "@example.com", Password: p.name + " password"})
		_, *p.auth = s.signIn(*p.user)
	}
	return c
}

// license adds a license of the crowd's by a policy of its own.
func (c *crowd) license(p keygentest.Policy, l keygentest.License) keygentest.License {
	c.t.Helper()
	l.Policy = c.AddPolicy("demo", p).ID
	l.Owner = c.owner.ID
	l.Users = append(l.Users, c.member.ID)
	return c.AddLicense("demo", l)
}

func post(path, auth, body string) call {
	return call{method: "POST", path: path, auth: auth, body: body}
}

func put(path, auth, body string) call {
	return call{method: "PUT", path: path, auth: auth, body: body}
}

func patch(path, auth, body string) call {
	return call{method: "PATCH", path: path, auth: auth, body: body}
}

func remove(path, auth string) call { return call{method: "DELETE", path: path, auth: auth} }
