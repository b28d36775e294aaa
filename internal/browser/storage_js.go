package browser

// Storage is localStorage or sessionStorage. Any call may fail: a sandboxed
// frame or a privacy setting makes even reading the property throw, and writing
// fails when the quota is spent.
type Storage struct {
	area string
}

// Storages of a page.
var (
	LocalStorage   = &Storage{"localStorage"}
	SessionStorage = &Storage{"sessionStorage"}
)

// Get returns the value of a key, and whether there is one. It fails when
// storage is blocked.
func (s *Storage) Get(key string) (value string, ok bool, err error) {
	got, err := Window().Get(s.area).Call("getItem", key)
	value, ok = got.Text()
	return value, ok, err
}

// Set stores a value. It fails when storage is blocked or full; then the old
// value is still there.
func (s *Storage) Set(key, value string) error {
	_, err := Window().Get(s.area).Call("setItem", key, value)
	return err
}

// Remove removes a key, if there. It fails when storage is blocked.
func (s *Storage) Remove(key string) error {
	_, err := Window().Get(s.area).Call("removeItem", key)
	return err
}
