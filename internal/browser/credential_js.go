package browser

// OfferPassword lets the browser offer to keep a password that has just worked,
// where it has a way to ask for that.
func OfferPassword(id, password string) {
	data, _ := Object(map[string]any{"id": id, "password": password})
	credential, err := Window().Get("PasswordCredential").New(data)
	if err != nil {
		return
	}
	stored, err := Window().Get("navigator").Get("credentials").Call("store", credential)
	if err == nil {
		// Whatever comes of it is between the browser and its user.
		_, _ = stored.Call("catch", Window().Get("Object"))
	}
}
