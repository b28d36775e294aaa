package keygen

// User is who a token belongs to.
type User struct {
	ID        string
	Email     string
	FullName  string // "" unless both names are set
	FirstName string
	LastName  string
	Role      string
}

// Me returns the owner of a token (GET me).
func (c *Client) Me(token Token) (User, error) {
	response, err := c.send(call{method: "GET", path: "/me", authorization: bearer(token.Value)})
	if err != nil {
		return User{}, err
	}
	data := response.Body.Get("data")
	attribute := func(name string) string { return text(data, "attributes", name) }
	user := User{
		ID:        text(data, "id"),
		Email:     attribute("email"),
		FullName:  attribute("fullName"),
		FirstName: attribute("firstName"),
		LastName:  attribute("lastName"),
		Role:      attribute("role"),
	}
	if user.ID == "" || token.UserID != "" && user.ID != token.UserID {
		return User{}, c.unexpected(response)
	}
	return user, nil
}

// ShowMe asks who a token belongs to (GET me).
func ShowMe() Call { return get(nil, "me") }

// ListUsers asks for the user and those who share a license with them.
func ListUsers(query []Parameter) Call { return get(query, "users") }

// ShowUser asks for a user by id or email.
func ShowUser(id string) Call { return get(nil, "users", id) }

// CreateUser signs somebody up: email, and optionally password, firstName,
// lastName and metadata. The API takes that of strangers only, and issues no
// token: sign in afterwards. Protected accounts refuse it (403).
func CreateUser(attributes Attributes) Call {
	return Call{Method: "POST", Path: "/users", Body: document("users", attributes), Anonymous: true}
}

// UpdateUser changes firstName, lastName or email; all else is a 400.
func UpdateUser(id string, attributes Attributes) Call {
	return Call{Method: "PATCH", Path: path("users", id), Body: document("users", attributes)}
}

// UpdatePassword replaces {oldPassword} by {newPassword}. All other tokens of
// the user are revoked. A wrong old password is a 401 without a code.
func UpdatePassword(id string, passwords Attributes) Call {
	return action(passwords, "users", id, "actions", "update-password")
}

// ResetPassword sets {newPassword} by {passwordResetToken}, the last part of
// what the API or the vendor mailed. All tokens of the user are revoked.
func ResetPassword(id string, passwords Attributes) Call {
	call := action(passwords, "users", id, "actions", "reset-password")
	call.Anonymous = true
	return call
}

// CreatePassword asks for a mail that lets {email} set a new password (POST
// passwords). The answer is the same whether or not somebody has that email.
// With {deliver: false} the vendor sends it, by a webhook.
func CreatePassword(meta Attributes) Call {
	call := action(meta, "passwords")
	call.Anonymous, call.Empty = true, true
	return call
}
