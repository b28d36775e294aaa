package browser

// Storage is localStorage or sessionStorage. Every call may fail: in a sandboxed frame,
// or by a privacy setting, even access to the property throws.
type Storage struct {
	property string // of the window
}

// The storages of a page.
var (
	LocalStorage   = &Storage{"localStorage"}
	SessionStorage = &Storage{"sessionStorage"}
)

// Get returns the value of a key. ok is false when there is none. It fails when storage
// is blocked.
func (s *Storage) Get(key string) (value string, ok bool, err error) {
	got, err := Window().Get(s.property).Call("getItem", key)
	value, ok = got.Text()
	return value, ok, err
}

// Set stores a value. It fails when storage is blocked or full; then the old
// value is still there.
func (s *Storage) Set(key, value string) error {
	_, err := Window().Get(s.property).Call("setItem", key, value)
	return err
}

// Remove removes a key. It fails when storage is blocked, not when there is no such
// key.
func (s *Storage) Remove(key string) error {
	_, err := Window().Get(s.property).Call("removeItem", key)
	return err
}
