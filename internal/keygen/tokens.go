package keygen

// KindUser is the kind of token that belongs to a role "user".
const KindUser = "user-token"

// Token is a token with its secret value.
type Token struct {
	Value  string // the raw token; a secret
	ID     string
	UserID string
	Kind   string // user-token, admin-token, ...
	Expiry string // ISO 8601; "" for never
}

// TokenOptions are what a site may ask for; the zero value asks for nothing.
type TokenOptions struct {
	Name   string
	Expiry string // ISO 8601; "" leaves it to the API (two weeks for users)
}

// CreateToken signs a user in (POST tokens) and returns the new token.
func (c *Client) CreateToken(credentials Credentials, options TokenOptions) (Token, error) {
	body := options.document()
	// `meta` without a code is a 400: it is sent with one, or not at all.
	if credentials.OTP != "" {
		body["meta"] = map[string]any{"otp": credentials.OTP}
	}
	return c.createToken(call{body: body, authorization: credentials.authorization(), abort: credentials.Abort}, Token{})
}

// AddToken makes another token of the same user (POST tokens with a token of
// theirs). Both work until one is revoked or expires.
func (c *Client) AddToken(token Token, options TokenOptions) (Token, error) {
	return c.createToken(call{body: options.document(), authorization: bearer(token.Value)}, token)
}

// document returns what asks for them; it is empty where nothing is asked for.
func (o TokenOptions) document() map[string]any {
	attributes := map[string]any{}
	if o.Name != "" {
		attributes["name"] = o.Name
	}
	if o.Expiry != "" {
		attributes["expiry"] = o.Expiry
	}
	body := map[string]any{}
	if len(attributes) > 0 {
		body["data"] = map[string]any{"type": "tokens", "attributes": attributes}
	}
	return body
}

// createToken returns a new token, another one than old and, if old has a user,
// of the same.
func (c *Client) createToken(call call, old Token) (Token, error) {
	call.method, call.path = "POST", "/tokens"
	if len(call.body) == 0 {
		call.body = nil
	}
	response, err := c.send(call)
	if err != nil {
		return Token{}, err
	}
	token, err := c.token(response)
	if err == nil && (token.ID == old.ID || old.UserID != "" && token.UserID != old.UserID) {
		return Token{}, c.unexpected(response) // the answer to something else
	}
	return token, err
}

// RenewToken gives a token a new value and, if it expires at all, two more weeks
// from now (PUT tokens/{id}). The old value is worth nothing from then on, also
// when the answer is lost on the way.
func (c *Client) RenewToken(token Token) (Token, error) {
	response, err := c.send(call{method: "PUT", path: "/tokens/" + Escape(token.ID), authorization: bearer(token.Value)})
	if err != nil {
		return Token{}, err
	}
	fresh, err := c.token(response)
	if err == nil && (fresh.ID != token.ID || fresh.Value == token.Value) {
		return Token{}, c.unexpected(response) // the answer to something else
	}
	return fresh, err
}

// token reads a document with the secret value of a token.
func (c *Client) token(response *Response) (Token, error) {
	data := response.Body.Get("data")
	token := Token{
		Value:  text(data, "attributes", "token"),
		ID:     text(data, "id"),
		UserID: text(data, "relationships", "bearer", "data", "id"),
		Kind:   text(data, "attributes", "kind"),
		Expiry: text(data, "attributes", "expiry"),
	}
	_, dated := c.ParseTime(token.Expiry)
	if token.Value == "" || !IsSegment(token.ID) || (!dated && !data.Get("attributes").Get("expiry").IsNull()) {
		return Token{}, c.unexpected(response)
	}
	return token, nil
}

// RevokeToken ends a token (DELETE tokens/{id}), authenticated by itself. The
// request outlives the page. An error means that the token may still work.
func (c *Client) RevokeToken(token Token) error {
	_, err := c.send(call{
		method:        "DELETE",
		path:          "/tokens/" + Escape(token.ID),
		authorization: bearer(token.Value),
		keepAlive:     true,
		empty:         true,
	})
	return err
}

// ListTokens asks for the user's own tokens.
func ListTokens(query []Parameter) Call { return get(query, "tokens") }

// ShowToken asks for one, without its secret value.
func ShowToken(id string) Call { return get(nil, "tokens", id) }

// Regenerate gives a token a new value, which the answer holds (PUT tokens/{id}).
func Regenerate(id string) Call { return Call{Method: "PUT", Path: path("tokens", id)} }

// Revoke ends a token.
func Revoke(id string) Call { return remove("tokens", id) }
