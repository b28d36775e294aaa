package keygentest

import "slices"

// machines returns the machines of the license.
func (v *validation) machines() []*machine { return v.x.api.machinesOf(v.license) }

// noMachine objects to a license without machines, in the words that fit its policy.
func (v *validation) noMachine() *verdict {
	switch {
	case len(v.machines()) > 0:
		return nil
	case v.license.policy.Floating:
		return invalid("NO_MACHINES", "must have at least 1 associated machine")
	}
	return invalid("NO_MACHINE", "must have exactly 1 associated machine")
}

func (v *validation) checkMachine() *verdict {
	id, sent := v.text("machine")
	if !sent {
		return v.checkText("machine", v.license.policy.RequireMachineScope, nil)
	}
	if objection := v.noMachine(); objection != nil {
		return objection
	}
	i := slices.IndexFunc(v.machines(), func(m *machine) bool { return m.id == id })
	if i < 0 {
		return mismatched("machine")
	}
	v.matched = v.machines()[i : i+1]
	switch v.matched[0].heartbeat(v.x.now) {
	case notStarted:
		if v.license.policy.RequireHeartbeat {
			return invalid("HEARTBEAT_NOT_STARTED", "machine heartbeat is required")
		}
	case dead:
		return invalid("HEARTBEAT_DEAD", "machine heartbeat is dead")
	}
	return v.checkMachineOwner()
}

// checkFingerprints counts those that are of machines of the license that live.
func (v *validation) checkFingerprints() *verdict {
	p := v.license.policy
	wanted := v.texts("fingerprints")
	if wanted != nil && len(wanted) == 0 {
		return emptyScope("fingerprint")
	}
	if one, sent := v.text("fingerprint"); sent && !slices.Contains(wanted, one) {
		wanted = append(wanted, one)
	}
	if wanted == nil {
		if p.RequireFingerprintScope {
			return missingScope("fingerprint")
		}
		return nil
	}
	if objection := v.noMachine(); objection != nil {
		objection.detail = "fingerprint is not activated (has no associated machines)"
		return objection
	}
	var living []*machine
	dying := 0
	for _, m := range v.machines() {
		if !slices.Contains(wanted, m.fingerprint) {
			continue
		}
		if m.heartbeat(v.x.now) == dead {
			dying++
		} else {
			living = append(living, m)
		}
	}
	switch {
	case dying > 0 && len(living) == 0:
		return invalid("HEARTBEAT_DEAD", "machine heartbeat is dead")
	case len(living) < enough(p.MachineMatchingStrategy, len(wanted)):
		return mismatched("fingerprint")
	case p.RequireHeartbeat && !slices.ContainsFunc(living, func(m *machine) bool { return m.heartbeat(v.x.now) != notStarted }):
		return invalid("HEARTBEAT_NOT_STARTED", "machine heartbeat is required")
	}
	v.matched = living
	return v.checkMachineOwner()
}

// checkMachineOwner objects when the machines at hand belong to others than the user of the scope.
func (v *validation) checkMachineOwner() *verdict {
	name, sent := v.text("user")
	if !sent || slices.ContainsFunc(v.matched, func(m *machine) bool { return m.owner == nil || m.owner.goesBy(name) }) {
		return nil
	}
	return mismatched("user")
}

// checkComponents looks at the machines that the fingerprints have matched.
func (v *validation) checkComponents() *verdict {
	p := v.license.policy
	wanted := v.texts("components")
	_, one := v.text("fingerprint")
	switch {
	case wanted == nil && p.RequireComponentsScope:
		return missingScope("components")
	case wanted == nil:
		return nil
	case !one && v.texts("fingerprints") == nil:
		return missingScope("fingerprint")
	case len(wanted) == 0:
		return emptyScope("components")
	}
	found := 0
	for _, fingerprint := range wanted {
		if slices.ContainsFunc(v.matched, func(m *machine) bool { return v.x.api.hasComponent(m, fingerprint) }) {
			found++
		}
	}
	if found < enough(p.ComponentMatchingStrategy, len(wanted)) {
		return mismatched("components")
	}
	return nil
}

// checkMachines is for strict policies.
func (v *validation) checkMachines() *verdict {
	if objection := v.noMachine(); objection != nil {
		return objection
	}
	machines := v.machines()
	count := len(machines)
	if v.license.policy.MachineLeasingStrategy == "PER_USER" {
		count = v.mostOfOneOwner(machines)
	}
	return v.exceeds(count, v.license.limits().MaxMachines, "TOO_MANY_MACHINES", "has too many associated machines")
}

// mostOfOneOwner counts the machines of the user of the scope, else of whoever has most.
func (v *validation) mostOfOneOwner(machines []*machine) int {
	name, scoped := v.text("user")
	counts, most := map[*user]int{}, 0
	for _, m := range machines {
		if scoped && (m.owner == nil || !m.owner.goesBy(name)) {
			continue
		}
		counts[m.owner]++
		most = max(most, counts[m.owner])
	}
	return most
}

// checkResources is for strict policies.
func (v *validation) checkResources() *verdict {
	sums, limits := sumOf(v.machines()), v.license.limits()
	for _, c := range []struct {
		count, max   int
		code, detail string
	}{
		{sums.Cores, limits.MaxCores, "TOO_MANY_CORES", "has too many associated machine cores"},
		{sums.Memory, limits.MaxMemory, "TOO_MUCH_MEMORY", "has too much associated machine memory"},
		{sums.Disk, limits.MaxDisk, "TOO_MUCH_DISK", "has too much associated machine disk"},
	} {
		if objection := v.exceeds(c.count, c.max, c.code, c.detail); objection != nil {
			return objection
		}
	}
	for _, m := range v.machines() {
		count, max := v.x.api.processCount(m, m.owner)
		if objection := v.exceeds(count, max, "TOO_MANY_PROCESSES", "has too many associated processes"); objection != nil {
			return objection
		}
	}
	return nil
}
