package keygentest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// Each endpoint asks for a permission of its own.
func TestPermissionOfEachEndpoint(t *testing.T) {
	s := open(t, keygentest.Options{})
	_, plain := s.signIn(s.demo.Plain)
	var all []string
	for _, p := range s.expect(get("me", plain), want{status: 200}).at("data", "attributes", "permissions").([]any) {
		all = append(all, p.(string))
	}
	p := s.AddPolicy("demo", keygentest.Policy{Floating: true, Duration: day, RequireCheckIn: true})
	s.AddEntitlement("demo", keygentest.Entitlement{Code: "ONE"})
	// Words in capitals stand for ids and the like.
	for i, c := range []struct {
		call       call
		permission string
	}{
		{get("users", ""), "user.read"},
		{get("users/USER", ""), "user.read"},
		{patch("users/USER", "", userBody(`{"firstName":"E"}`)), "user.update"},
		{get("users/USER/licenses", ""), "license.read"},
		{get("users/USER/machines", ""), "machine.read"},
		{get("users/USER/tokens", ""), "token.read"},
		{post("users/USER/actions/update-password", "", passwordChange("secret", "staple")), "user.password.update"},
		{get("users/USER/second-factors", ""), "user.second-factors.read"},
		{get("users/USER/second-factors/FACTOR", ""), "user.second-factors.read"},
		{post("users/USER/second-factors", "", withPassword("secret")), "user.second-factors.create"},
		{patch("users/USER/second-factors/FACTOR", "", enabling("true", "CODE")), "user.second-factors.update"},
		{remove("users/USER/second-factors/FACTOR", ""), "user.second-factors.delete"},
		{get("entitlements", ""), "entitlement.read"},
		{get("entitlements/ONE", ""), "entitlement.read"},
		{get("licenses", ""), "license.read"},
		{get("licenses/LICENSE", ""), "license.read"},
		{post("licenses", "", newLicense(`{}`, p.ID, "USER")), "license.create"},
		{remove("licenses/LICENSE", ""), "license.delete"},
		{remove("licenses/LICENSE/actions/revoke", ""), "license.revoke"},
		{get("licenses/LICENSE/actions/validate", ""), "license.validate"},
		{post("licenses/LICENSE/actions/validate", "", ""), "license.validate"},
		{validateKey("KEY", ""), "license.validate"},
		{get("licenses/LICENSE/actions/check-out", ""), "license.check-out"},
		{post("licenses/LICENSE/actions/check-out", "", ""), "license.check-out"},
		{post("licenses/LICENSE/actions/check-in", "", ""), "license.check-in"},
		{post("licenses/LICENSE/actions/renew", "", ""), "license.renew"},
		{post("licenses/LICENSE/actions/increment-usage", "", ""), "license.usage.increment"},
		{put("licenses/LICENSE/policy", "", `{"data":{"type":"policies","id":"`+p.ID+`"}}`), "license.policy.update"},
		{get("licenses/LICENSE/entitlements", ""), "entitlement.read"},
		{get("licenses/LICENSE/entitlements/ONE", ""), "entitlement.read"},
		{get("licenses/LICENSE/machines", ""), "machine.read"},
		{get("licenses/LICENSE/machines/MACHINE", ""), "machine.read"},
		{get("licenses/LICENSE/users", ""), "user.read"},
		{get("licenses/LICENSE/users/USER", ""), "user.read"},
		{get("licenses/LICENSE/owner", ""), "user.read"},
		{get("machines", ""), "machine.read"},
		{get("machines/MACHINE", ""), "machine.read"},
		{post("machines", "", newMachine(`{"fingerprint":"new"}`, "LICENSE")), "machine.create"},
		{patch("machines/MACHINE", "", `{"data":{"type":"machines"}}`), "machine.update"},
		{remove("machines/MACHINE", ""), "machine.delete"},
		{post("machines/MACHINE/actions/ping", "", ""), "machine.heartbeat.ping"},
		{post("machines/MACHINE/actions/check-out", "", ""), "machine.check-out"},
		{get("machines/MACHINE/license", ""), "license.read"},
		{get("machines/MACHINE/owner", ""), "user.read"},
		{get("machines/MACHINE/components", ""), "component.read"},
		{get("machines/MACHINE/processes", ""), "process.read"},
		{get("components", ""), "component.read"},
		{get("components/PART", ""), "component.read"},
		{post("components", "", newPart("components", `{"fingerprint":"new","name":"N"}`, "MACHINE")), "component.create"},
		{patch("components/PART", "", `{"data":{"type":"components"}}`), "component.update"},
		{remove("components/PART", ""), "component.delete"},
		{get("processes", ""), "process.read"},
		{get("processes/PROCESS", ""), "process.read"},
		{post("processes", "", newPart("processes", `{"pid":"new"}`, "MACHINE")), "process.create"},
		{remove("processes/PROCESS", ""), "process.delete"},
		{post("processes/PROCESS/actions/ping", "", ""), "process.heartbeat.ping"},
	} {
		t.Run(c.call.method+" "+c.call.path, func(t *testing.T) {
			s.t = t
			for n, permissions := range [][]string{{c.permission}, without(all, c.permission)} {
				u := s.AddUser("demo", keygentest.User{Email: fmt.Sprintf("u%d-%d@example.com", i, n), Password: "secret"})
				_, whole := s.signIn(u)
				l := s.AddLicense("demo", keygentest.License{Policy: p.ID, Owner: u.ID, Entitlements: []string{"ONE"}})
				m := s.AddMachine(keygentest.Machine{License: l.ID, Owner: u.ID})
				part := s.AddComponent(keygentest.Component{Machine: m.ID})
				process := s.AddProcess(keygentest.Process{Machine: m.ID})
				ids := []string{"LICENSE", l.ID, "KEY", l.Key, "MACHINE", m.ID, "USER", u.ID, "PART", part.ID, "PROCESS", process.ID}
				if strings.Contains(c.call.path, "FACTOR") {
					a := s.expect(post("users/"+u.ID+"/second-factors", whole, withPassword("secret")), want{status: 201})
					ids = append(ids, "FACTOR", a.text("data", "id"), "CODE", s.TOTP(u.ID))
				}
				narrow := withAttributes(`{"permissions":["` + strings.Join(permissions, `","`) + `"]}`)
				a := s.expect(post("tokens", whole, narrow), want{status: 201})

				request := c.call
				request.auth = bearer(a.text("data", "attributes", "token"))
				request.path, request.body = compact(request.path, ids...), compact(request.body, ids...)
				a = s.send(request)
				if n == 0 {
					assert.Less(t, a.status, 300, "%s", a.body)
					continue
				}
				assert.Equal(t, 403, a.status, "%s", a.body)
				assert.Contains(t, a.text("errors", 0, "detail"), "(token lacks permission to perform action)")
			}
		})
	}
}

func without(list []string, item string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == item })
}
