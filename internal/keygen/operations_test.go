//go:build !js

package keygen_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
	"keygenauth/internal/keygentest"
)

const (
	nobody   = "00000000-0000-4000-8000-000000000000"
	day      = 24 * time.Hour
	password = "correct horse battery"
)

// stage is an emulator with people around licenses: one who owns them, one who
// is attached to them, and one who has nothing to do with either.
type stage struct {
	*keygentest.Server
	t                       *testing.T
	api                     *keygen.Client
	now                     time.Time
	account                 keygentest.Account
	owner, member, stranger person
}

// person is a user who is signed in.
type person struct {
	keygentest.User
	keygen.Token
}

func enter(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, now: time.Date(2026, 10, 6, 12, 0, 0, 0, time.UTC)}
	var demo keygentest.Demo
	s.Server, demo, s.api = emulator(t, keygentest.Options{Now: func() time.Time { return s.now }})
	s.account = demo.Account
	s.owner, s.member, s.stranger = s.person("owner"), s.person("member"), s.person("stranger")
	return s
}

func (s *stage) person(name string) person {
	s.t.Helper()
	user := s.AddUser("demo", keygentest.User{Email: name + "@people.example", Password: password})
	return person{user, s.token(user)}
}

// token gives a user one more token, which never expires.
func (s *stage) token(user keygentest.User) keygen.Token {
	id, value := s.AddToken(user.ID, time.Time{})
	return keygen.Token{ID: id, Value: value, UserID: user.ID}
}

// license adds a license of the owner and the member by a policy of its own.
func (s *stage) license(p keygentest.Policy, l keygentest.License) keygentest.License {
	s.t.Helper()
	l.Policy, l.Owner, l.Users = s.AddPolicy("demo", p).ID, s.owner.User.ID, []string{s.member.User.ID}
	return s.AddLicense("demo", l)
}

// found is a document as Go has it.
type found struct{ value any }

// at follows names of members and indices, to nil where there is nothing.
func (f found) at(path ...any) any {
	value := f.value
	for _, step := range path {
		switch step := step.(type) {
		case string:
			members, _ := value.(map[string]any)
			value = members[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

func (f found) attribute(name string) any { return f.at("data", "attributes", name) }
func (f found) meta(name string) any      { return f.at("meta", name) }
func (f found) id() string                { id, _ := f.at("data", "id").(string); return id }
func (f found) related(name string) any   { return f.at("data", "relationships", name, "data", "id") }

// ids returns those of a list.
func (f found) ids() []string {
	ids := []string{}
	list, _ := f.at("data").([]any)
	for _, item := range list {
		id, _ := found{item}.at("id").(string)
		ids = append(ids, id)
	}
	return ids
}

// does sends a call that must succeed with a document.
func (s *stage) does(who keygen.Token, do keygen.Call) found {
	s.t.Helper()
	document, err := s.api.Do(who, do, nil)
	require.NoError(s.t, err, do.Path)
	node, ok := document.(jsonNode)
	require.True(s.t, ok, "%s: no document", do.Path)
	return found{node.value}
}

// empties sends a call that must succeed without a document.
func (s *stage) empties(who keygen.Token, do keygen.Call) {
	s.t.Helper()
	document, err := s.api.Do(who, do, nil)
	require.NoError(s.t, err, do.Path)
	assert.Nil(s.t, document, do.Path)
}

// refusal is an answer to expect: the code, and what it is about.
type refusal struct {
	status int
	code   string
	source keygen.Source
}

func at(pointer string) keygen.Source         { return keygen.Source{Pointer: pointer} }
func byParameter(name string) keygen.Source   { return keygen.Source{Parameter: name} }
func invalid(code, pointer string) refusal    { return refusal{422, code, at(pointer)} }
func malformed(pointer string) refusal        { return refusal{400, "HTTP_400", at(pointer)} }
func unauthorized(code, about string) refusal { return refusal{401, code, at(about)} }

var (
	missing    = refusal{status: 404, code: "NOT_FOUND"}
	denied     = refusal{status: 403, code: "HTTP_403"}
	impossible = refusal{status: 422, code: "HTTP_422"}
	anonymous  = refusal{status: 401, code: "TOKEN_MISSING"}
)

// refuses sends a call that must fail.
func (s *stage) refuses(who keygen.Token, do keygen.Call, want refusal) *keygen.Error {
	s.t.Helper()
	s.ResetThrottles()
	document, err := s.api.Do(who, do, nil)
	failed := failure(err)
	assert.Equal(s.t, want, refusal{failed.Status, failed.Code, failed.Source}, "%s %s: %v", do.Method, do.Path, err)
	assert.NotEmpty(s.t, failed.RequestID)
	assert.Nil(s.t, document)
	return failed
}

// codes returns all problems of a failure, as "CODE pointer".
func codes(failed *keygen.Error) (all []string) {
	for _, problem := range failed.Errors {
		all = append(all, problem.Code+" "+problem.Source.Pointer)
	}
	return all
}

func where(pairs ...string) (query []keygen.Parameter) {
	for i := 0; i < len(pairs); i += 2 {
		query = append(query, keygen.Parameter{Name: pairs[i], Value: pairs[i+1]})
	}
	return query
}

// everything is each operation with arguments that the API could take.
func everything(id string) map[string]keygen.Call {
	some := keygen.Attributes{"fingerprint": "f", "pid": "1", "name": "n", "machine": id, "license": id, "otp": "1", "enabled": true}
	return map[string]keygen.Call{
		"me": keygen.ShowMe(), "users": keygen.ListUsers(nil), "user": keygen.ShowUser(id), "update user": keygen.UpdateUser(id, some),
		"update password": keygen.UpdatePassword(id, some), "factors": keygen.ListSecondFactors(id),
		"create factor": keygen.CreateSecondFactor(id, some), "update factor": keygen.UpdateSecondFactor(id, id, some),
		"delete factor": keygen.DeleteSecondFactor(id, id, nil), "tokens": keygen.ListTokens(nil), "token": keygen.ShowToken(id),
		"regenerate": keygen.Regenerate(id), "revoke": keygen.Revoke(id), "licenses": keygen.ListLicenses(nil),
		"license": keygen.ShowLicense(id), "create license": createLicense(id, id, nil), "delete license": keygen.DeleteLicense(id),
		"validate": keygen.ValidateLicense(id, nil), "check out": keygen.CheckOutLicense(id, nil), "check in": keygen.CheckInLicense(id),
		"renew": keygen.RenewLicense(id), "increment": keygen.IncrementUsage(id, nil), "policy": keygen.ChangePolicy(id, id),
		"entitlements": keygen.ListEntitlements(id, nil), "its machines": keygen.ListMachinesOfLicense(id, nil),
		"machines": keygen.ListMachines(nil), "machine": keygen.ShowMachine(id), "create machine": keygen.CreateMachine(some),
		"update machine": keygen.UpdateMachine(id, some), "delete machine": keygen.DeleteMachine(id), "ping": keygen.PingMachine(id),
		"check out machine": keygen.CheckOutMachine(id, nil), "components": keygen.ListComponents(nil), "component": keygen.ShowComponent(id),
		"create component": keygen.CreateComponent(some), "delete component": keygen.DeleteComponent(id),
		"processes": keygen.ListProcesses(nil), "process": keygen.ShowProcess(id), "create process": keygen.CreateProcess(some),
		"delete process": keygen.DeleteProcess(id), "ping process": keygen.PingProcess(id),
	}
}

func TestTokensThatAreNone(t *testing.T) {
	s := enter(t)
	id, value := s.AddToken(s.owner.User.ID, s.now.Add(time.Hour))
	s.now = s.now.Add(2 * time.Hour)
	for name, do := range everything(nobody) {
		t.Run(name, func(t *testing.T) {
			s.t = t
			s.refuses(keygen.Token{}, do, anonymous)
			s.refuses(keygen.Token{Value: "user-nothing"}, do, refusal{status: 401, code: "TOKEN_INVALID"})
			s.refuses(keygen.Token{Value: id}, do, refusal{status: 401, code: "TOKEN_FORMAT_INVALID"})
			s.refuses(keygen.Token{Value: value}, do, refusal{status: 401, code: "TOKEN_EXPIRED"})
			s.SetBanned(s.member.User.ID, true)
			s.refuses(s.member.Token, do, refusal{status: 403, code: "USER_BANNED"})
			s.SetBanned(s.member.User.ID, false)
		})
	}
}

// What an account without a subscription still answers, and what not.
func TestCancelledAccount(t *testing.T) {
	s := enter(t)
	s.AddAccount(keygentest.Account{Slug: "gone", Cancelled: true})
	s.api.Account = "gone"
	user := s.AddUser("gone", keygentest.User{Email: "eve@people.example", Password: password})
	token := s.token(user)
	for name, do := range everything(nobody) {
		if strings.Contains("me user update user update password token revoke", name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s.t = t
			failed := s.refuses(token, do, denied)
			assert.Contains(t, failed.Title, "subscription")
		})
	}
	s.t = t
	s.refuses(token, keygen.CreateUser(keygen.Attributes{"email": "bob@people.example"}), denied)
	s.refuses(token, keygen.ValidateKey(keygen.Attributes{"key": "k"}), denied)
	s.does(token, keygen.ShowMe())
	s.does(token, keygen.UpdateUser(user.ID, keygen.Attributes{"firstName": "Eve"}))
	s.does(token, keygen.UpdatePassword(user.ID, keygen.Attributes{"oldPassword": password, "newPassword": password}))
	s.empties(token, keygen.CreatePassword(keygen.Attributes{"email": user.Email}))
	s.does(token, keygen.ShowToken(token.ID))
	s.empties(token, keygen.Revoke(token.ID))
}

// Ids are one segment of a path: what cannot be one is not sent.
func TestIdsStaySegments(t *testing.T) {
	s := enter(t)
	plain, refused := everything(nobody), 0
	for _, id := range []string{"ä", "a b", "4d:Eq", "a/b", "1.0.0", "%zz", "..."} {
		for name, do := range everything(id) {
			if do.Path != plain[name].Path {
				s.refuses(s.owner.Token, do, missing)
			}
		}
	}
	s.ResetRequests()
	for _, id := range []string{"", "..", ".", "../me", "a/..", "a?b=c", "a#b", "%2e%2e", ".%2E", " ", "a\\b", "a\x00"} {
		for name, do := range everything(id) {
			if do.Path == plain[name].Path {
				continue
			}
			refused++
			_, err := s.api.Do(s.owner.Token, do, nil)
			assert.Equal(t, keygen.CodeArgument, failure(err).Code, "%s %s", do.Method, do.Path)
		}
	}
	assert.Greater(t, refused, 300)
	assert.Empty(t, s.Requests())
}

func TestLists(t *testing.T) {
	s := enter(t)
	l := s.license(keygentest.Policy{Floating: true}, keygentest.License{})
	for range 11 {
		s.license(keygentest.Policy{}, keygentest.License{})
		m := s.AddMachine(keygentest.Machine{License: l.ID})
		s.AddComponent(keygentest.Component{Machine: m.ID, Name: "Part"})
		s.AddProcess(keygentest.Process{Machine: m.ID})
		s.token(s.owner.User)
	}
	for name, list := range map[string]func([]keygen.Parameter) keygen.Call{
		"licenses": keygen.ListLicenses, "machines": keygen.ListMachines, "components": keygen.ListComponents,
		"processes": keygen.ListProcesses, "tokens": keygen.ListTokens,
		"its machines": func(query []keygen.Parameter) keygen.Call { return keygen.ListMachinesOfLicense(l.ID, query) },
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			plain := s.does(s.owner.Token, list(nil))
			assert.Len(t, plain.ids(), 10)
			assert.Nil(t, plain.at("links"), "nothing says that there is more")
			all := s.does(s.owner.Token, list(where("limit", "100"))).ids()
			assert.Equal(t, all[:10], plain.ids(), "newest first")
			oldest := s.does(s.owner.Token, list(where("order", "asc", "limit", "1"))).ids()
			assert.Equal(t, all[len(all)-1:], oldest)

			var paged []string
			for cursor, next := "", any(""); next != nil; cursor = paged[len(paged)-1] {
				page := s.does(s.owner.Token, list(where("page[cursor]", cursor, "page[size]", "5")))
				paged, next = append(paged, page.ids()...), page.at("links", "next")
			}
			assert.Equal(t, all, paged)
			numbered := s.does(s.owner.Token, list(where("page[number]", "2", "page[size]", "5")))
			assert.Equal(t, all[5:10], numbered.ids())
			assert.Equal(t, float64(len(all)), numbered.at("links", "meta", "count"))
			assert.Empty(t, s.does(s.owner.Token, list(where("page[cursor]", nobody))).ids())

			for parameter, query := range map[string][]keygen.Parameter{
				"page[size]": where("page[cursor]", "", "page[size]", "250"), "page[number]": where("page[number]", "0"),
				"page[cursor]": where("page[cursor]", "foo"), "page": where("page[size]", "5"), "limit": where("limit", "101"),
				"order": where("order", "up"),
			} {
				s.refuses(s.owner.Token, list(query), refusal{400, "HTTP_400", byParameter(parameter)})
			}
		})
	}
}
