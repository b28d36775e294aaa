package keygentest

import (
	"fmt"
	"slices"
	"strings"
)

const componentsMax = 20 // of a new machine

// descriptions are what is for people to read, and may be changed later.
var descriptions = []field{
	{name: "name", kind: kindString, nullable: true, blank: true},
	{name: "ip", kind: kindString, nullable: true, blank: true},
	{name: "hostname", kind: kindString, nullable: true, blank: true},
	{name: "platform", kind: kindString, nullable: true, blank: true},
}

func (x *exchange) judgeDescriptions(f *findings) {
	for _, d := range descriptions {
		f.tooLong(strings.ToUpper(d.name)+"_TOO_LONG", x.attributeText(d.name), nameMax, "/data/attributes/"+d.name)
	}
}

// describe stores the descriptions that were sent.
func (x *exchange) describe(m *machine) {
	for name, value := range map[string]**string{"name": &m.name, "ip": &m.ip, "hostname": &m.hostname, "platform": &m.platform} {
		if _, sent := x.attribute(name); sent {
			*value = optional(x.attributeText(name))
		}
	}
}

// createMachine activates a license. Its owner may do that, and a member who becomes owner of the machine.
func createMachine(x *exchange) (*reply, error) {
	if err := x.validate([]field{newMachineField()}); err != nil {
		return nil, err
	}
	if err := x.allow("machine.create"); err != nil {
		return nil, err
	}
	l := x.api.licenses[x.relationshipID("license")]
	if l == nil || !x.seesLicense(l) {
		return nil, x.deny()
	}
	owner := x.relationshipID("owner")
	if !x.user.isStaff() && (l.isProtected() || l.owner != x.user && owner != x.user.ID) {
		return nil, x.deny()
	}

	var f findings
	added := &machine{license: l, fingerprint: x.attributeText("fingerprint")}
	added.owner = x.judgeMachineOwner(&f, l, owner)
	added.cores = x.judgeSize(&f, "cores")
	added.memory = x.judgeSize(&f, "memory")
	added.disk = x.judgeSize(&f, "disk")
	x.judgeFingerprint(&f, l, added.fingerprint)
	x.judgeDescriptions(&f)
	added.metadata = x.judgeMetadata(&f)
	parts := x.judgeComponents(&f, added)
	x.judgeLimits(&f, added)
	id, _ := x.body.get("data", "id")
	wanted, _ := id.(string)
	if x.api.machines[wanted] != nil {
		f.add("ID_CONFLICT", "must not conflict with another machine", "/data/id")
	}
	if err := f.refusal(); err != nil {
		return nil, err
	}

	m := x.api.newMachine(l, wanted)
	m.owner, m.fingerprint, m.metadata = added.owner, added.fingerprint, added.metadata
	m.cores, m.memory, m.disk = added.cores, added.memory, added.disk
	x.describe(m)
	for _, part := range parts {
		x.api.newComponent(m, part)
	}
	return x.created(newMachineDocument{m}), nil
}

func newMachineField() field {
	part := dataField([]string{"component", "components"}, componentAttributesFields, nil)
	part.name = ""
	components := field{name: "components", kind: kindObject, fields: []field{
		{name: "data", kind: kindArray, required: true, items: &part, most: componentsMax},
	}}
	attributes := append([]field{
		{name: "fingerprint", kind: kindString, required: true},
		{name: "cores", kind: kindInteger, nullable: true},
		{name: "memory", kind: kindInteger, nullable: true},
		{name: "disk", kind: kindInteger, nullable: true},
		{name: "metadata", kind: kindMetadata},
	}, descriptions...)
	return dataField([]string{"machine", "machines"}, attributes, []field{
		needed(linkField("license", "license", "licenses")),
		severable(linkField("owner", "user", "users")),
		components,
	}, field{name: "id", kind: kindUUID})
}

// judgeMachineOwner returns the user with that id, who has to be one of the license.
func (x *exchange) judgeMachineOwner(f *findings, l *license, id string) *user {
	const pointer = "/data/relationships/owner"
	if id == "" {
		return nil
	}
	u := x.api.users[id]
	switch {
	case u == nil || u.account != x.account || u.Environment != x.environment:
		f.add("OWNER_NOT_FOUND", "must exist", pointer)
	case !l.has(u):
		f.add("OWNER_INVALID", "must be a valid license user", pointer)
	}
	return u
}

// judgeSize returns 0 for what was not sent.
func (x *exchange) judgeSize(f *findings, name string) int {
	if sent, _ := x.attribute(name); sent == nil {
		return 0
	}
	size := x.attributeNumber(name)
	if size < 1 {
		f.add(strings.ToUpper(name)+"_INVALID", "must be greater than or equal to 1", "/data/attributes/"+name)
	}
	return size
}

func (x *exchange) judgeFingerprint(f *findings, l *license, fingerprint string) {
	const pointer = "/data/attributes/fingerprint"
	if slices.Contains(reserved, fingerprint) {
		f.add("FINGERPRINT_NOT_ALLOWED", "is reserved", pointer)
	}
	for _, m := range x.api.machines {
		switch {
		case m.account == l.account && m.id == fingerprint:
			f.add("FINGERPRINT_CONFLICT", "must not conflict with another machine's identifier", pointer)
		case m.fingerprint == fingerprint && l.shares(l.policy.MachineUniquenessStrategy, m.license):
			f.add("FINGERPRINT_TAKEN", "has already been taken", pointer)
		}
	}
}

// shares reports whether two licenses are within what a strategy keeps unique.
func (l *license) shares(strategy string, other *license) bool {
	switch strategy {
	case "UNIQUE_PER_POLICY":
		return l.policy == other.policy
	case "UNIQUE_PER_PRODUCT":
		return l.account == other.account && l.policy.Product == other.policy.Product
	case "UNIQUE_PER_ACCOUNT":
		return l.account == other.account
	}
	return l == other
}

// judgeComponents returns the components to make, each with its own place in the document.
func (x *exchange) judgeComponents(f *findings, m *machine) []component {
	sent, _ := x.body.get("data", "relationships", "components", "data")
	items, _ := sent.([]any)
	var parts []component
	for i, item := range items {
		part := componentOf(item.(*object))
		pointer := fmt.Sprintf("/data/relationships/components/data/%d/attributes/fingerprint", i)
		switch {
		case slices.ContainsFunc(parts, func(c component) bool { return c.fingerprint == part.fingerprint }):
			f.add("COMPONENTS_FINGERPRINT_CONFLICT", "duplicate fingerprint", pointer)
		case x.api.componentTaken(m, part.fingerprint):
			f.add("COMPONENTS_FINGERPRINT_TAKEN", "has already been taken", pointer)
		}
		parts = append(parts, part)
	}
	return parts
}

// judgeLimits looks at what one more machine does to the license.
func (x *exchange) judgeLimits(f *findings, added *machine) {
	l := added.license
	p, limits := l.policy, l.limits()
	all := x.api.machinesOf(l)
	bucket := all
	if p.MachineLeasingStrategy == "PER_USER" {
		bucket = slices.DeleteFunc(slices.Clone(all), func(m *machine) bool { return m.owner != added.owner })
	}
	if !p.allows(len(bucket)+1, limits.MaxMachines) {
		f.add("MACHINE_LIMIT_EXCEEDED", fmt.Sprintf("machine count has exceeded maximum allowed for license (%d)", limits.MaxMachines), "/data")
	}
	sums := sumOf(append(all, added))
	for _, c := range []struct {
		name       string
		count, max int
	}{
		{"core", sums.Cores, limits.MaxCores}, {"memory", sums.Memory, limits.MaxMemory}, {"disk", sums.Disk, limits.MaxDisk},
	} {
		if !p.allows(c.count, c.max) {
			detail := fmt.Sprintf("machine %s has exceeded maximum allowed for license (%d)", c.name, c.max)
			f.add("MACHINE_"+strings.ToUpper(c.name)+"_LIMIT_EXCEEDED", detail, "/data")
		}
	}
}
