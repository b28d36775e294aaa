package keygen

// ListComponents asks for the components of the user's machines.
func ListComponents(query []Parameter) Call { return get(query, "components") }

// ShowComponent asks for one.
func ShowComponent(id string) Call { return get(nil, "components", id) }

// CreateComponent adds one to a machine: {machine, fingerprint, name, metadata?}.
func CreateComponent(fields Attributes) Call {
	return Call{Method: "POST", Path: "/components", Body: document("components", except(fields, "machine"),
		relationship{"machine", "machines", word(fields, "machine")})}
}

// DeleteComponent removes one.
func DeleteComponent(id string) Call { return remove("components", id) }

// ListProcesses asks for the processes that run on the user's machines.
func ListProcesses(query []Parameter) Call { return get(query, "processes") }

// ShowProcess asks for one.
func ShowProcess(id string) Call { return get(nil, "processes", id) }

// CreateProcess says that one runs: {machine, pid, metadata?}.
func CreateProcess(fields Attributes) Call {
	return Call{Method: "POST", Path: "/processes", Body: document("processes", except(fields, "machine"),
		relationship{"machine", "machines", word(fields, "machine")})}
}

// DeleteProcess says that it has ended.
func DeleteProcess(id string) Call { return remove("processes", id) }

// PingProcess says that it is alive.
func PingProcess(id string) Call { return action(nil, "processes", id, "actions", "ping") }
