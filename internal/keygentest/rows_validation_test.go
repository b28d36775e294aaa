package keygentest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// validateKey is an anonymous validation.
func validateKey(key, more string) call {
	return post("licenses/actions/validate-key", "", `{"meta":{"key":"`+key+`"`+more+`}}`)
}

// verdict checks the answer to a validation.
func (s *scene) verdict(c call, valid bool, code string) answer {
	s.t.Helper()
	a := s.expect(c, want{status: 200})
	assert.Equal(s.t, valid, a.at("meta", "valid"), "%s", a.body)
	assert.Equal(s.t, code, a.text("meta", "code"), "%s", a.body)
	assert.NotEmpty(s.t, a.text("meta", "detail"))
	return a
}

func TestValidation(t *testing.T) {
	runRows(t, []row{
		{name: "85 by key", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{Key: "A-LICENSE-KEY"})
			s.clock.add(1e9)
			a := s.verdict(validateKey(l.Key, ""), true, "VALID")
			assert.Equal(s.t, l.ID, a.text("data", "id"))
			assert.Equal(s.t, "2026-10-06T12:00:01.000Z", a.text("data", "attributes", "lastValidated"))
			assert.Contains(s.t, string(a.body), `"meta":{"ts":"2026-10-06T12:00:01.000Z","valid":true,"detail":"is valid","code":"VALID"}}`)
			assert.Equal(s.t, a.at("data"), s.expect(get("licenses/"+l.ID, c.asOwner), want{status: 200}).at("data"))

			a = s.expect(validateKey("unknown", ""), want{status: 200})
			assert.Equal(s.t, `{"data":null,"meta":{"ts":"2026-10-06T12:00:01.000Z","valid":false,"detail":"does not exist","code":"NOT_FOUND"}}`, string(a.body))
			s.verdict(validateKey(l.ID, ""), false, "NOT_FOUND")
			for body, pointer := range map[string]string{
				``: "/meta", `{"meta":{}}`: "/meta/key", `{"meta":{"key":""}}`: "/meta/key", `{"meta":{"key":" "}}`: "/meta/key",
				`{"meta":{"key":null}}`: "/meta/key", `{"meta":{"key":1}}`: "/meta/key", `{"meta":{"key":"x","foo":1}}`: "/meta/foo",
				`{"meta":{"key":"x","nonce":"1"}}`:                          "/meta/nonce",
				`{"meta":{"key":"x","scope":{"components":[1]}}}`:           "/meta/scope/components/0",
				`{"meta":{"key":"x","scope":{"hostname":"x"}}}`:             "/meta/scope/hostname",
				`{"meta":{"key":"x","scope":{"fingerprint":["x"]}}}`:        "/meta/scope/fingerprint",
				`{"meta":{"key":"x","encrypted":"no","legacyEncrypted":1}}`: "/meta/encrypted",
			} {
				s.expect(post("licenses/actions/validate-key", "", body), want{status: 400, pointer: pointer})
			}
		}},
		{name: "85 by key, with a token", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{})
			request := validateKey(l.Key, `,"encrypted":false`)
			for _, auth := range []string{c.asOwner, c.asMember} {
				request.auth = auth
				s.verdict(request, true, "VALID")
			}
			request.auth = c.asStranger
			s.expect(request, denied())
			s.expect(request.with(`{"meta":{}}`), want{status: 400, pointer: "/meta/key"})
			s.verdict(request.with(`{"meta":{"key":"unknown"}}`), false, "NOT_FOUND")
			request.auth = "Bearer stale"
			s.expect(request, want{status: 401, code: "TOKEN_INVALID"})
		}},
		{name: "86 expired, with a nonce", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{Expiry: noon})
			a := s.verdict(validateKey(l.Key, `,"nonce":1574265297,"scope":{"user":null}`), false, "EXPIRED")
			assert.Equal(s.t, 1574265297.0, a.at("meta", "nonce"))
			assert.Contains(s.t, string(a.body), `"nonce":1574265297,"scope":{"user":null}}}`)
			assert.Equal(s.t, l.ID, a.text("data", "id"))
			assert.NotContains(s.t, s.verdict(validateKey(l.Key, ""), false, "EXPIRED").at("meta"), "nonce")
		}},
		{name: "87 product", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{RequireProductScope: true}, keygentest.License{})
			product := s.productOf(c, l)
			path := "licenses/" + l.ID + "/actions/validate"
			s.verdict(post(path, c.asOwner, ""), false, "PRODUCT_SCOPE_REQUIRED")
			s.verdict(post(path, c.asOwner, `{"meta":{"scope":{"product":"`+nobody+`"}}}`), false, "PRODUCT_SCOPE_MISMATCH")
			s.verdict(post(path, c.asMember, `{"meta":{"scope":{"product":"`+product+`"}}}`), true, "VALID")
			s.verdict(get(path, c.asMember), true, "VALID") // looks at no scope
			s.verdict(validateKey(l.Key, ""), false, "PRODUCT_SCOPE_REQUIRED")
		}},
		{name: "88 more machines than allowed, and tolerated", run: func(s *scene) {
			c := s.crowd()
			for strategy, most := range map[string]int{
				"NO_OVERAGE": 4, "ALLOW_1_25X_OVERAGE": 5, "ALLOW_1_5X_OVERAGE": 6, "ALLOW_2X_OVERAGE": 8, "ALWAYS_ALLOW_OVERAGE": 9,
			} {
				l := c.license(keygentest.Policy{Floating: true, Strict: true, OverageStrategy: strategy, Limits: keygentest.Limits{MaxMachines: 4}},
					keygentest.License{})
				for n := 1; n <= 9; n++ {
					s.AddMachine(keygentest.Machine{License: l.ID})
					code := "VALID"
					if n > 4 {
						code = "TOO_MANY_MACHINES"
					}
					s.verdict(validateKey(l.Key, ""), n <= most, code)
					s.verdict(get("licenses/"+l.ID+"/actions/validate", c.asOwner), n <= most, code)
				}
			}
		}},
		{name: "89 as version 1.1 told it", run: func(s *scene) {
			c := s.crowd()
			for _, v := range []struct {
				policy   keygentest.Policy
				license  keygentest.License
				machines int
				code     string
				new, old bool
			}{
				{keygentest.Policy{}, keygentest.License{}, 0, "VALID", true, true},
				{keygentest.Policy{ExpirationStrategy: "ALLOW_ACCESS"}, keygentest.License{Expiry: noon}, 0, "EXPIRED", true, true},
				{keygentest.Policy{}, keygentest.License{Expiry: noon}, 0, "EXPIRED", false, false},
				{keygentest.Policy{Strict: true, OverageStrategy: "ALWAYS_ALLOW_OVERAGE"}, keygentest.License{}, 2, "TOO_MANY_MACHINES", true, false},
			} {
				l := c.license(v.policy, v.license)
				for range v.machines {
					s.AddMachine(keygentest.Machine{License: l.ID})
				}
				s.verdict(validateKey(l.Key, "").under("Keygen-Version", "1.2"), v.new, v.code)
				a := s.expect(validateKey(l.Key, "").under("Keygen-Version", "1.1"), want{status: 200})
				assert.Equal(s.t, v.code, a.text("meta", "constant"))
				assert.NotContains(s.t, a.at("meta"), "code")
				assert.Equal(s.t, v.old, a.at("meta", "valid"))
			}
			a := s.expect(validateKey("unknown", "").under("Keygen-Version", "1.0"), want{status: 200})
			assert.Equal(s.t, "NOT_FOUND", a.text("meta", "constant"))
		}},
	})
}
