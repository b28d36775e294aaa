package keygen

// ListLicenses asks for the licenses that a user owns or shares.
func ListLicenses(query []Parameter) Call { return get(query, "licenses") }

// ShowLicense asks for a license by id or key.
func ShowLicense(id string) Call { return get(nil, "licenses", id) }

// CreateLicense makes a license for a user, by {policy, name?, key?, metadata?}.
// The policy must not be protected.
func CreateLicense(owner string, fields Attributes) Call {
	return Call{Method: "POST", Path: "/licenses", Body: document("licenses", except(fields, "policy"),
		relationship{"policy", "policies", word(fields, "policy")}, relationship{"owner", "users", owner})}
}

// DeleteLicense deletes one that the user owns, unless its policy is protected.
func DeleteLicense(id string) Call { return remove("licenses", id) }

// ValidateLicense asks whether a license is valid, by {nonce?, scope?}. The
// answer is 200 either way: meta.valid decides, meta.code explains.
func ValidateLicense(id string, meta Attributes) Call {
	call := action(meta, "licenses", id, "actions", "validate")
	call.Question = true
	return call
}

// ValidateKey does the same by {key, nonce?, scope?}, for anybody.
func ValidateKey(meta Attributes) Call {
	call := action(meta, "licenses", "actions", "validate-key")
	call.Anonymous, call.Question = true, true
	return call
}

// CheckOutLicense asks for a license file, signed proof for use offline, by
// {ttl?, include?, encrypt?, algorithm?}. Without an algorithm it is one that
// Client.File verifies.
func CheckOutLicense(id string, meta Attributes) Call {
	return action(forFile(meta), "licenses", id, "actions", "check-out")
}

// CheckInLicense checks a license in, where its policy wants that.
func CheckInLicense(id string) Call { return action(nil, "licenses", id, "actions", "check-in") }

// RenewLicense lengthens a license by its policy's duration.
func RenewLicense(id string) Call { return action(nil, "licenses", id, "actions", "renew") }

// IncrementUsage counts one use, or {increment} of them.
func IncrementUsage(id string, meta Attributes) Call {
	return action(meta, "licenses", id, "actions", "increment-usage")
}

// ChangePolicy moves a license to another unprotected policy.
func ChangePolicy(id, policy string) Call {
	return Call{Method: "PUT", Path: path("licenses", id, "policy"),
		Body: map[string]any{"data": map[string]any{"type": "policies", "id": policy}}}
}

// ListEntitlements asks what a license entitles to.
func ListEntitlements(id string, query []Parameter) Call {
	return get(query, "licenses", id, "entitlements")
}

// ListMachinesOfLicense asks for the machines that a license is used on.
func ListMachinesOfLicense(id string, query []Parameter) Call {
	return get(query, "licenses", id, "machines")
}
