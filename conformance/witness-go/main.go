// Witnessing by other people's logic: Go's sumdb/note and sumdb/tlog (Debian package golang-golang-x-mod-dev) and
// crypto/ed25519 decide what is signed and what is consistent.
//
//	witness-go verify <policy> <folder>         each <id>.tlog-proof with its <id>.json: log signature, cosignatures, quorum, inclusion
//	witness-go key <name>                       makes a cosigner's key; prints its vkey, then the private key
//	witness-go witness <log vkey> <key file>    a witness in memory; prints its address, then serves tlog-witness
//	witness-go feed <address> <witness vkey> <seed>   a log in memory that feeds a witness, honestly and not
//
// Exit status 0 when all is right, 1 with the first difference.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const cosignatureType = 0x04

func main() {
	log.SetFlags(0)
	switch args := os.Args[1:]; {
	case len(args) == 3 && args[0] == "verify":
		verify(args[1], args[2])
	case len(args) == 2 && args[0] == "key":
		_, private, err := ed25519.GenerateKey(rand.Reader)
		must(err)
		public := private.Public().(ed25519.PublicKey)
		fmt.Printf("%s\n%s\n", cosignerVkey(args[1], public), hex.EncodeToString(private.Seed()))
	case len(args) == 3 && args[0] == "witness":
		serve(args[1], args[2])
	case len(args) == 4 && args[0] == "feed":
		feed(args[1], args[2], args[3])
	default:
		log.Fatal("usage: witness-go verify|key|witness|feed …")
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// cosigner is a note.Verifier for Ed25519 cosignatures (C2SP tlog-cosignature): Open then checks them like any signature.
type cosigner struct {
	name   string
	hash   uint32
	public ed25519.PublicKey
}

func keyHash(name string, key []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	return binary.BigEndian.Uint32(sum[:4])
}

func cosignerVkey(name string, public ed25519.PublicKey) string {
	key := append([]byte{cosignatureType}, public...)
	return fmt.Sprintf("%s+%08x+%s", name, keyHash(name, key), base64.StdEncoding.EncodeToString(key))
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("%q is no vkey", vkey)
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != cosignatureType {
		return nil, fmt.Errorf("%q is no key of a cosigner", vkey)
	}
	hash := keyHash(parts[0], key)
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, fmt.Errorf("%q has the id of another key", vkey)
	}
	return &cosigner{parts[0], hash, key[1:]}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 72 {
		return false
	}
	seconds := binary.BigEndian.Uint64(sig)
	if seconds == 0 || seconds > 1<<63-1 {
		return false
	}
	return ed25519.Verify(c.public, cosigned(seconds, text), sig[8:])
}

func cosigned(seconds uint64, text []byte) []byte {
	return append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", seconds)), text...)
}

func cosign(name string, private ed25519.PrivateKey, text []byte) string {
	seconds := uint64(time.Now().Unix())
	public := private.Public().(ed25519.PublicKey)
	line := binary.BigEndian.AppendUint32(nil, keyHash(name, append([]byte{cosignatureType}, public...)))
	line = binary.BigEndian.AppendUint64(line, seconds)
	line = append(line, ed25519.Sign(private, cosigned(seconds, text))...)
	return fmt.Sprintf("— %s %s\n", name, base64.StdEncoding.EncodeToString(line))
}

type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
}

func parse(text string) (c checkpoint, err error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) != 4 || lines[0] == "" {
		return c, fmt.Errorf("no checkpoint: %q", text)
	}
	c.origin = lines[0]
	if c.size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.size < 0 || strconv.FormatInt(c.size, 10) != lines[1] {
		return c, fmt.Errorf("no size: %q", lines[1])
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return c, fmt.Errorf("no root: %q", lines[2])
	}
	copy(c.root[:], root)
	return c, nil
}

// policy is a minimal reader of tlog-policy, for policies that are right.
type policy struct {
	logs      []note.Verifier
	witnesses map[string]*cosigner
	groups    map[string]group
	quorum    string
}

type group struct {
	threshold int
	members   []string
}

func readPolicy(file string) policy {
	text, err := os.ReadFile(file)
	must(err)
	p := policy{witnesses: map[string]*cosigner{}, groups: map[string]group{}}
	for _, line := range strings.Split(string(text), "\n") {
		w := strings.Fields(line)
		switch {
		case len(w) == 0 || strings.HasPrefix(w[0], "#"):
		case w[0] == "log":
			// Keys of kinds that sumdb/note does not know (SM2) are for other verifiers.
			if v, err := note.NewVerifier(w[1]); err == nil {
				p.logs = append(p.logs, v)
			}
		case w[0] == "witness":
			p.witnesses[w[1]], err = newCosigner(w[2])
			must(err)
		case w[0] == "group":
			g := group{members: w[3:]}
			switch w[2] {
			case "any":
				g.threshold = 1
			case "all":
				g.threshold = len(g.members)
			default:
				g.threshold, err = strconv.Atoi(w[2])
				must(err)
			}
			p.groups[w[1]] = g
		case w[0] == "quorum":
			p.quorum = w[1]
		default:
			log.Fatalf("what is %q?", line)
		}
	}
	return p
}

func (p policy) met(name string, signed func(*cosigner) bool) bool {
	if name == "none" {
		return true
	}
	if w, ok := p.witnesses[name]; ok {
		return signed(w)
	}
	count := 0
	for _, member := range p.groups[name].members {
		if p.met(member, signed) {
			count++
		}
	}
	return count >= p.groups[name].threshold && count > 0
}

func verify(policyFile, folder string) {
	p := readPolicy(policyFile)
	var verifiers []note.Verifier
	verifiers = append(verifiers, p.logs...)
	for _, w := range p.witnesses {
		verifiers = append(verifiers, w)
	}
	proofs, err := filepath.Glob(filepath.Join(folder, "*.tlog-proof"))
	must(err)
	cosignatures := 0
	for _, file := range proofs {
		n, err := verifyProof(file, p, verifiers)
		if err != nil {
			log.Fatalf("%s: %v", file, err)
		}
		cosignatures += n
	}
	if len(proofs) == 0 {
		log.Fatal("no receipts")
	}
	fmt.Printf("ok: %d receipts meet the quorum %q, with %d cosignatures\n", len(proofs), p.quorum, cosignatures)
}

func verifyProof(file string, p policy, verifiers []note.Verifier) (int, error) {
	proof, err := os.ReadFile(file)
	must(err)
	entry, err := os.ReadFile(strings.TrimSuffix(file, ".tlog-proof") + ".json")
	must(err)
	head, signed, found := bytes.Cut(proof, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return 0, fmt.Errorf("no proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return 0, err
	}
	var hashes tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return 0, err
		}
		hashes = append(hashes, hash)
	}
	n, err := note.Open(signed, note.VerifierList(verifiers...))
	if err != nil {
		return 0, err
	}
	c, err := parse(n.Text)
	if err != nil {
		return 0, err
	}
	by := func(v note.Verifier) bool {
		for _, s := range n.Sigs {
			if s.Name == v.Name() && s.Hash == v.KeyHash() {
				return true
			}
		}
		return false
	}
	log := false
	for _, v := range p.logs {
		log = log || (v.Name() == c.origin && by(v))
	}
	if !log {
		return 0, fmt.Errorf("not signed by the log")
	}
	count := 0
	for _, w := range p.witnesses {
		if by(w) {
			count++
		}
	}
	if !p.met(p.quorum, func(w *cosigner) bool { return by(w) }) {
		return 0, fmt.Errorf("the quorum is not met")
	}
	return count, tlog.CheckRecord(hashes, c.size, c.root, index, tlog.RecordHash(entry))
}

// request is the body of add-checkpoint.
type request struct {
	old   int64
	proof tlog.TreeProof
	note  []byte
}

func readRequest(body []byte) (r request, err error) {
	head, signed, found := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || !strings.HasPrefix(lines[0], "old ") || len(lines) > 64 {
		return r, fmt.Errorf("no request")
	}
	if r.old, err = strconv.ParseInt(lines[0][4:], 10, 64); err != nil || r.old < 0 {
		return r, fmt.Errorf("no old size")
	}
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return r, err
		}
		r.proof = append(r.proof, hash)
	}
	r.note = signed
	return r, nil
}

type witness struct {
	sync.Mutex
	name    string
	private ed25519.PrivateKey
	log     note.Verifier
	latest  checkpoint
	signed  string
}

// serve is a witness of one log whose every decision is Go's: note.Open and tlog.CheckTree.
func serve(logVkey, keyFile string) {
	v, err := note.NewVerifier(logVkey)
	must(err)
	key, err := os.ReadFile(keyFile)
	must(err)
	lines := strings.Split(string(key), "\n")
	seed, err := hex.DecodeString(lines[1])
	must(err)
	w := &witness{name: strings.SplitN(lines[0], "+", 2)[0], private: ed25519.NewKeyFromSeed(seed), log: v}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fmt.Printf("http://%s\n", listener.Addr())
	hash := fmt.Sprintf("/%x/checkpoint", sha256.Sum256([]byte(v.Name())))
	http.HandleFunc("/add-checkpoint", func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		must(err)
		status, text := w.add(body)
		if status == http.StatusConflict {
			rw.Header().Set("Content-Type", "text/x.tlog.size")
		}
		rw.WriteHeader(status)
		io.WriteString(rw, text)
	})
	http.HandleFunc(hash, func(rw http.ResponseWriter, r *http.Request) {
		w.Lock()
		defer w.Unlock()
		io.WriteString(rw, w.signed)
	})
	must(http.Serve(listener, nil))
}

func (w *witness) add(body []byte) (int, string) {
	w.Lock()
	defer w.Unlock()
	r, err := readRequest(body)
	if err != nil {
		return 400, err.Error()
	}
	n, err := note.Open(r.note, note.VerifierList(w.log))
	if err != nil {
		return 403, err.Error()
	}
	c, err := parse(n.Text)
	if err != nil || r.old > c.size {
		return 400, "no checkpoint, or older than old"
	}
	if c.origin != w.log.Name() {
		return 404, "unknown log"
	}
	if r.old != w.latest.size {
		return 409, fmt.Sprintf("%d\n", w.latest.size)
	}
	switch {
	case r.old == 0:
		if len(r.proof) != 0 {
			return 422, "a proof from nothing"
		}
	case r.old == c.size:
		if c.root != w.latest.root || len(r.proof) != 0 {
			return 422, "another root"
		}
	default:
		if err := tlog.CheckTree(r.proof, c.size, c.root, r.old, w.latest.root); err != nil {
			return 422, err.Error()
		}
	}
	w.latest = c
	line := cosign(w.name, w.private, []byte(n.Text))
	w.signed = string(r.note) + line
	return 200, line
}

// memory holds the stored hashes of a log, in the order of tlog.StoredHashIndex.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, 0, len(indexes))
	for _, i := range indexes {
		hashes = append(hashes, m[i])
	}
	return hashes, nil
}

// tree is a log in memory; beyond forkedAt its entries are others.
func tree(size, forkedAt int64) memory {
	var m memory
	for i := int64(0); i < size; i++ {
		text := fmt.Sprintf("leaf %d", i)
		if i >= forkedAt {
			text = "other " + text
		}
		hashes, err := tlog.StoredHashes(i, []byte(text), m)
		must(err)
		m = append(m, hashes...)
	}
	return m
}

// feed takes checkpoints made by Go to a witness and expects the answers of tlog-witness; cosignatures must satisfy note.Open.
func feed(address, witnessVkey, seedHex string) {
	const name, size, fork = "log.example/go", 700, 200
	seed, err := hex.DecodeString(seedHex)
	must(err)
	private := ed25519.NewKeyFromSeed(seed)
	key := append([]byte{1}, private.Public().(ed25519.PublicKey)...)
	signer, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", name, keyHash(name, key),
		base64.StdEncoding.EncodeToString(append([]byte{1}, seed...))))
	must(err)
	logV, err := note.NewVerifier(fmt.Sprintf("%s+%08x+%s", name, keyHash(name, key), base64.StdEncoding.EncodeToString(key)))
	must(err)
	v, err := newCosigner(witnessVkey)
	must(err)
	honest, forked := tree(size, size), tree(size, fork)

	checkpointOf := func(m memory, size int64) []byte {
		root, err := tlog.TreeHash(size, m)
		must(err)
		signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", name, size, root)}, signer)
		must(err)
		return signed
	}
	proofOf := func(m memory, old, size int64) (proof tlog.TreeProof) {
		if old == 0 || old >= size {
			return nil
		}
		proof, err := tlog.ProveTree(size, old, m)
		must(err)
		return proof
	}
	ask := func(old int64, proof tlog.TreeProof, signed []byte) (int, string, string) {
		body := fmt.Sprintf("old %d\n", old)
		for _, hash := range proof {
			body += hash.String() + "\n"
		}
		response, err := http.Post(address+"/add-checkpoint", "text/plain", strings.NewReader(body+"\n"+string(signed)))
		must(err)
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		must(err)
		return response.StatusCode, response.Header.Get("Content-Type"), string(text)
	}
	cosigned := func(old, size int64) {
		signed := checkpointOf(honest, size)
		status, _, text := ask(old, proofOf(honest, old, size), signed)
		if status != 200 {
			log.Fatalf("from %d to %d: %d %s", old, size, status, text)
		}
		n, err := note.Open(append(signed, text...), note.VerifierList(v, logV))
		if err != nil || len(n.Sigs) != 2 {
			log.Fatalf("from %d to %d: %v, %d signatures", old, size, err, len(n.Sigs))
		}
		// A verifier that knows no witness takes their lines as those of unknown keys.
		if n, err = note.Open(append(signed, text...), note.VerifierList(logV)); err != nil || len(n.UnverifiedSigs) != 1 {
			log.Fatalf("from %d to %d, without the witness's key: %v", old, size, err)
		}
	}
	refused := func(what string, want int, old int64, proof tlog.TreeProof, signed []byte) {
		if status, _, text := ask(old, proof, signed); status != want {
			log.Fatalf("%s: %d %s, not %d", what, status, text, want)
		}
	}

	steps := []int64{0, 1, 2, 3, 4, 7, 8, 100, 127, 128, 129, 255, 256, 257, 300}
	for i := 1; i < len(steps); i++ {
		cosigned(steps[i-1], steps[i])
		cosigned(steps[i], steps[i])
		time.Sleep(120 * time.Millisecond) // a witness need not cosign more than some times a second
	}
	status, kind, text := ask(0, nil, checkpointOf(honest, 400))
	if status != 409 || kind != "text/x.tlog.size" || text != "300\n" {
		log.Fatalf("an old size of nought: %d %s %q", status, kind, text)
	}
	refused("another history of the same size", 422, 300, nil, checkpointOf(forked, 300))
	refused("another history, with its own proof", 422, 300, proofOf(forked, 300, 400), checkpointOf(forked, 400))
	refused("no proof", 422, 300, nil, checkpointOf(honest, 400))
	refused("a smaller tree", 400, 300, nil, checkpointOf(honest, 200))
	time.Sleep(time.Second)
	changed := proofOf(honest, 300, 400)
	changed[2][5] ^= 1
	refused("a changed proof", 422, 300, changed, checkpointOf(honest, 400))
	unsigned := bytes.Replace(checkpointOf(honest, 400), []byte("\n400\n"), []byte("\n401\n"), 1)
	refused("a changed checkpoint", 403, 300, proofOf(honest, 300, 400), unsigned)
	stranger := bytes.ReplaceAll(checkpointOf(honest, 400), []byte(name), []byte("log.example/no"))
	refused("an unknown log", 404, 300, nil, stranger)
	cosigned(300, 700)
	response, err := http.Get(fmt.Sprintf("%s/%x/checkpoint", address, sha256.Sum256([]byte(name))))
	must(err)
	served, err := io.ReadAll(response.Body)
	must(err)
	n, err := note.Open(served, note.VerifierList(v, logV))
	must(err)
	c, err := parse(n.Text)
	must(err)
	if c.size != 700 || len(n.Sigs) != 2 {
		log.Fatalf("it serves %d entries with %d signatures", c.size, len(n.Sigs))
	}
	fmt.Printf("ok: a log made by Go was cosigned at %d sizes, each cosignature satisfies note.Open; 8 refusals as tlog-witness asks\n", 2*(len(steps)-1)+1)
}
