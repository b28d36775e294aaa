package keygen

// ListMachines asks for the machines of a user.
func ListMachines(query []Parameter) Call { return get(query, "machines") }

// ShowMachine asks for a machine by id or fingerprint.
func ShowMachine(id string) Call { return get(nil, "machines", id) }

// CreateMachine activates a machine for a license: {license, fingerprint,
// owner?, name?, platform?, hostname?, cores?, …}.
func CreateMachine(fields Attributes) Call {
	return Call{Method: "POST", Path: "/machines", Body: document("machines", except(fields, "license", "owner"),
		relationship{"license", "licenses", word(fields, "license")}, relationship{"owner", "users", word(fields, "owner")})}
}

// UpdateMachine changes name, ip, hostname or platform.
func UpdateMachine(id string, attributes Attributes) Call {
	return Call{Method: "PATCH", Path: path("machines", id), Body: document("machines", attributes)}
}

// DeleteMachine deactivates a machine, which frees its seat.
func DeleteMachine(id string) Call { return remove("machines", id) }

// PingMachine says that a machine is alive.
func PingMachine(id string) Call { return action(nil, "machines", id, "actions", "ping") }

// CheckOutMachine asks for a machine file in the same way.
func CheckOutMachine(id string, meta Attributes) Call {
	return action(forFile(meta), "machines", id, "actions", "check-out")
}
