package keygentest_test

import (
	"fmt"
	"strings"
	"testing"

	"keygenauth/internal/keygentest"
)

// How much a license lets be activated.
func TestMachineLimits(t *testing.T) {
	t.Run("machines and overage", func(t *testing.T) {
		for strategy, most := range map[string]int{
			"NO_OVERAGE": 4, "ALLOW_1_25X_OVERAGE": 5, "ALLOW_1_5X_OVERAGE": 6, "ALLOW_2X_OVERAGE": 8, "ALWAYS_ALLOW_OVERAGE": 9,
		} {
			s := open(t, keygentest.Options{})
			c := s.crowd()
			l := c.license(keygentest.Policy{Floating: true, OverageStrategy: strategy}, keygentest.License{Limits: keygentest.Limits{MaxMachines: 4}})
			for n := 1; n <= 9; n++ {
				w := want{status: 201}
				if n > most {
					w = invalid("MACHINE_LIMIT_EXCEEDED", "/data")
				}
				s.expect(post("machines", c.asOwner, newMachine(fmt.Sprintf(`{"fingerprint":"%d"}`, n), l.ID)), w)
			}
		}
	})
	t.Run("per user", func(t *testing.T) {
		s := open(t, keygentest.Options{})
		c := s.crowd()
		l := c.license(keygentest.Policy{Floating: true, MachineLeasingStrategy: "PER_USER", Limits: keygentest.Limits{MaxMachines: 1}}, keygentest.License{})
		for i, owner := range []string{"", machineOwner(c.owner.ID), machineOwner(c.member.ID)} {
			s.expect(post("machines", c.asOwner, newMachine(fmt.Sprintf(`{"fingerprint":"a%d"}`, i), l.ID, owner)), want{status: 201})
			s.expect(post("machines", c.asOwner, newMachine(fmt.Sprintf(`{"fingerprint":"b%d"}`, i), l.ID, owner)), invalid("MACHINE_LIMIT_EXCEEDED", "/data"))
		}
	})
	t.Run("sizes", func(t *testing.T) {
		s := open(t, keygentest.Options{})
		c := s.crowd()
		l := c.license(anyMachines, keygentest.License{Limits: keygentest.Limits{MaxCores: 8, MaxMemory: 8, MaxDisk: 8}})
		s.AddMachine(keygentest.Machine{License: l.ID, Cores: 4, Memory: 4, Disk: 4})
		for name, code := range map[string]string{"cores": "CORE", "memory": "MEMORY", "disk": "DISK"} {
			s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"`+name+`","`+name+`":5}`, l.ID)), invalid("MACHINE_"+code+"_LIMIT_EXCEEDED", "/data"))
			s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"`+name+`","`+name+`":4}`, l.ID)), want{status: 201})
		}
	})
	t.Run("uniqueness", func(t *testing.T) {
		for strategy, taken := range map[string]string{
			"UNIQUE_PER_LICENSE": "same", "UNIQUE_PER_POLICY": "same policy", "UNIQUE_PER_PRODUCT": "same policy product",
			"UNIQUE_PER_ACCOUNT": "same policy product account",
		} {
			s := open(t, keygentest.Options{})
			c := s.crowd()
			p := keygentest.Policy{Floating: true, MachineUniquenessStrategy: strategy, ComponentUniquenessStrategy: strategy, Product: nobody}
			l := c.license(p, keygentest.License{})
			policy := s.AddLicense("demo", keygentest.License{Policy: l.Policy, Owner: c.owner.ID})
			product := c.license(p, keygentest.License{})
			p.Product = ""
			account := c.license(p, keygentest.License{})
			for name, other := range map[string]keygentest.License{"same": l, "policy": policy, "product": product, "account": account} {
				m := s.AddMachine(keygentest.Machine{License: other.ID, Fingerprint: name})
				s.AddComponent(keygentest.Component{Machine: m.ID, Fingerprint: name})
				body := newMachine(`{"fingerprint":"`+name+`"}`, l.ID, machineParts(name))
				if strings.Contains(taken, name) {
					s.expectAll(post("machines", c.asOwner, body), "FINGERPRINT_TAKEN "+fingerprintAt,
						"COMPONENTS_FINGERPRINT_TAKEN /data/relationships/components/data/0/attributes/fingerprint")
				} else {
					s.expect(post("machines", c.asOwner, body), want{status: 201})
				}
			}
		}
	})
}
