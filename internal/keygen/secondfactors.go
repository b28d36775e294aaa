package keygen

// ListSecondFactors asks for the second factor of a user, of which there is one
// at most.
func ListSecondFactors(user string) Call { return get(nil, "users", user, "second-factors") }

// CreateSecondFactor makes one, by {password}, or by {otp} where one is enabled.
// It holds the uri for an authenticator app and does nothing until enabled.
func CreateSecondFactor(user string, proof Attributes) Call {
	return action(proof, "users", user, "second-factors")
}

// UpdateSecondFactor enables or disables one: {enabled, otp}.
func UpdateSecondFactor(user, id string, fields Attributes) Call {
	body := document("second-factors", except(fields, "otp"))
	if otp, sent := fields["otp"]; sent {
		body["meta"] = map[string]any{"otp": otp}
	}
	return Call{Method: "PATCH", Path: path("users", user, "second-factors", id), Body: body}
}

// DeleteSecondFactor removes one: with {otp} if it is enabled.
func DeleteSecondFactor(user, id string, proof Attributes) Call {
	call := remove("users", user, "second-factors", id)
	if len(proof) > 0 {
		call.Body = map[string]any{"meta": proof}
	}
	return call
}
