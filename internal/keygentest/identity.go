package keygentest

import "net/http"

func identityRoutes() []route {
	token := (*exchange).requireToken
	return []route{
		{method: http.MethodGet, path: "me", auth: token, handle: showMe},
		{method: http.MethodGet, path: "profile", auth: token, handle: showProfile},
	}
}

// showMe answers with the bearer, and with the token in use without its raw value.
func showMe(x *exchange) (*reply, error) {
	if err := x.allow("user.read"); err != nil {
		return nil, err
	}
	return document(http.StatusOK, struct {
		Data     any   `json:"data"`
		Included []any `json:"included"`
	}{x.user.resource(x), []any{x.token.resource(x)}}), nil
}

// showProfile is the older form of showMe, which tells only the id of the token.
func showProfile(x *exchange) (*reply, error) {
	if err := x.allow("user.read"); err != nil {
		return nil, err
	}
	return document(http.StatusOK, struct {
		Data any               `json:"data"`
		Meta map[string]string `json:"meta"`
	}{x.user.resource(x), map[string]string{"tokenId": x.token.id}}), nil
}
