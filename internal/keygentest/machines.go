package keygentest

import "net/http"

func machineRoutes() []route {
	deny := func(method, path, permission string) route {
		return forUsers(method, "machines/{machine}/"+path, withMachine(demand{permission: permission}, denyMachine))
	}
	pinged := withMachine(demand{"machine.heartbeat.ping", true, (*license).isProtected}, pingMachine)
	return []route{
		forUsers(http.MethodGet, "machines", listMachines),
		forUsers(http.MethodPost, "machines", createMachine),
		forUsers(http.MethodGet, "machines/{machine}", withMachine(demand{permission: "machine.read"}, showMachine)),
		forUsers(http.MethodPatch, "machines/{machine}",
			withMachine(demand{"machine.update", true, (*license).isProtected}, updateMachine)),
		forUsers(http.MethodDelete, "machines/{machine}",
			withMachine(demand{"machine.delete", true, (*license).isProtected}, deleteMachine)),

		forUsers(http.MethodPost, "machines/{machine}/actions/ping", pinged),
		forUsers(http.MethodPost, "machines/{machine}/actions/ping-heartbeat", pinged),
		deny(http.MethodPost, "actions/reset", "machine.heartbeat.reset"),
		deny(http.MethodPost, "actions/reset-heartbeat", "machine.heartbeat.reset"),

		forUsers(http.MethodGet, "machines/{machine}/license", withMachine(demand{permission: "license.read"}, showLicenseOfMachine)),
		forUsers(http.MethodGet, "machines/{machine}/owner", withMachine(demand{permission: "user.read"}, showOwnerOfMachine)),
		forUsers(http.MethodGet, "machines/{machine}/user", withMachine(demand{permission: "user.read"}, showUserOfOldMachine)),
		forUsers(http.MethodGet, "machines/{machine}/group", withMachine(demand{permission: "group.read"}, noGroupOfMachine)),
		forUsers(http.MethodGet, "machines/{machine}/components",
			withMachine(demand{permission: "component.read"}, listComponentsOfMachine)),
		forUsers(http.MethodGet, "machines/{machine}/processes",
			withMachine(demand{permission: "process.read"}, listProcessesOfMachine)),
		deny(http.MethodGet, "product", "product.read"),
		deny(http.MethodPut, "owner", "machine.owner.update"),
		deny(http.MethodPut, "group", "machine.group.update"),
	}
}

// withMachine is withLicense for machines. Their owner, and that of the license, may do what members of the license may
// not.
func withMachine(d demand, do func(*exchange, *machine) (*reply, error)) func(*exchange) (*reply, error) {
	return func(x *exchange) (*reply, error) {
		name := x.params["machine"]
		found := newest(x.api.machines, func(m *machine) bool { return m.named(name) && x.seesMachine(m) })
		if len(found) == 0 {
			return nil, notFound("machine", name)
		}
		if err := x.meets(d, found[0].license, x.owns(found[0])); err != nil {
			return nil, err
		}
		return do(x, found[0])
	}
}

func (x *exchange) owns(m *machine) bool { return m.owner == x.user || m.license.owner == x.user }

// seesMachine reports whether the bearer may know of a machine.
func (x *exchange) seesMachine(m *machine) bool {
	return x.holds(&m.entry) && (m.concerns(x.user) || x.user.isStaff())
}

func listMachines(x *exchange) (*reply, error) {
	if err := x.allow("machine.read"); err != nil {
		return nil, err
	}
	return list(x, newest(x.api.machines, func(m *machine) bool { return x.seesMachine(m) && x.matchesMachine(m) }))
}

// matchesMachine applies the filters of the query. What is not dead counts as alive.
func (x *exchange) matchesMachine(m *machine) bool {
	l := m.license
	status := alive
	if m.heartbeat(x.now) == dead {
		status = dead
	}
	return x.filter("fingerprint", m.fingerprint) && x.filter("ip", text(m.ip)) && x.filter("hostname", text(m.hostname)) &&
		x.filter("status", status) && x.filter("product", l.policy.Product) && x.filter("policy", l.policy.id) &&
		x.filter("license", l.id) && x.filter("key", l.key) && x.filterUsers("owner", m.owner) &&
		x.filterUsers("user", append(l.everyone(), m.owner)...) && x.filter("group") && x.matchesMetadata(m.metadata)
}

func showMachine(x *exchange, m *machine) (*reply, error) { return x.show(m), nil }

func denyMachine(x *exchange, _ *machine) (*reply, error) { return nil, x.deny() }

// updateMachine takes what is for people to read; the rest is for good.
func updateMachine(x *exchange, m *machine) (*reply, error) {
	if err := x.validate([]field{dataField([]string{"machine", "machines"}, descriptions, nil)}); err != nil {
		return nil, err
	}
	var f findings
	x.judgeDescriptions(&f)
	if err := f.refusal(); err != nil {
		return nil, err
	}
	x.describe(m)
	m.updated = x.now
	return x.show(m), nil
}

func deleteMachine(x *exchange, m *machine) (*reply, error) {
	x.api.deleteMachine(m)
	return newReply(http.StatusNoContent), nil
}

func pingMachine(x *exchange, m *machine) (*reply, error) {
	status, ok := m.license.policy.ping(m.lastHeartbeat, x.now)
	if !ok {
		return nil, impossible("MACHINE_HEARTBEAT_DEAD", "is dead")
	}
	m.lastHeartbeat = x.now
	return document(http.StatusOK, map[string]any{"data": m.render(x, status)}), nil
}

func showLicenseOfMachine(x *exchange, m *machine) (*reply, error) { return x.show(m.license), nil }

func showOwnerOfMachine(x *exchange, m *machine) (*reply, error) {
	return x.showPerson(m.owner)
}

// showUserOfOldMachine is the owner of the license, before version 1.6.
func showUserOfOldMachine(x *exchange, m *machine) (*reply, error) {
	return showUserOfOldLicense(x, m.license)
}

func noGroupOfMachine(*exchange, *machine) (*reply, error) { return nil, noGroup() }

func listComponentsOfMachine(x *exchange, m *machine) (*reply, error) {
	return list(x, x.api.componentsOf(m))
}

func listProcessesOfMachine(x *exchange, m *machine) (*reply, error) {
	return list(x, x.api.processesOf(m))
}
