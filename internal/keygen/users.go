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
	if user.ID == "" {
		return User{}, c.unexpected(response)
	}
	return user, nil
}
