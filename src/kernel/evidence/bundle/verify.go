// 只用 Go 标准库核验本司法包，无需联网。Verifies this court bundle with nothing but Go's standard library; no network.
//
//	go run verify.go [-policy file] [bundle.zip | folder]
//
// 不给策略文件时采用包内的 policy，请与别处公布的核对。Without a policy file the bundle's own is taken: compare it with
// one published elsewhere. 退出码 Exit codes: 0 核验通过 proven · 1 不属实 not true · 2 无法核验 cannot be verified.
//
// Formats: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof, tlog-policy; RFC 6962 Merkle tree; RFC 8785.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"
)

const (
	manifestFile = "manifest.json"
	sealEntry    = "seal.json"
	sealProof    = "seal.tlog-proof"
	sealAct      = "evidence.seal-bundle"
	bytesMax     = 256 << 20
)

type manifest struct {
	Type, ID, MadeAt, Log string
	Party, RequestedBy    struct{ ID, Name string }
	Files                 []struct {
		Path, Kind, SHA256 string
		Bytes              int
	}
}

type entry struct {
	Act    string
	Open   map[string]json.RawMessage
	Sealed map[string]string
}

// key is a verifier key: name+id+base64(type ‖ key).
type key struct {
	name, as string
	id       [4]byte
	public   ed25519.PublicKey
}

type policy struct {
	logs, witnesses []key
	groups          map[string]func(met map[string]bool) bool
	quorum          string
}

type checkpoint struct {
	origin string
	size   uint64
	root   []byte
	times  []string
}

func main() {
	policyPath := flag.String("policy", "", "tlog-policy file to go by")
	flag.Parse()
	target := "."
	if flag.NArg() > 0 {
		target = flag.Arg(0)
	}
	files := load(target)
	list, ok := files[manifestFile]
	if !ok {
		unusable("没有 manifest.json", "there is no manifest.json")
	}
	var m manifest
	if json.Unmarshal(list, &m) != nil || m.Type != "shuheng/bundle/1" || len(m.Files) == 0 {
		unusable("manifest.json 损坏", "manifest.json is damaged")
	}
	checkFiles(m, files)

	trusted, own := files["policy"], true
	if *policyPath != "" {
		raw, err := os.ReadFile(*policyPath)
		if err != nil {
			unusable("没有策略文件 "+*policyPath, "there is no policy file "+*policyPath)
		}
		trusted, own = raw, false
	}
	v := verifier{policy: parsePolicy(trusted), own: parsePolicy(files["policy"]), seen: map[string]checkpoint{}}

	seal, last := v.receipt(files[sealEntry], files[sealProof], sealProof, true)
	sum := sha256.Sum256(list)
	if seal.Act != sealAct || text(seal.Open["manifest"]) != "sha256:"+hex.EncodeToString(sum[:]) || text(seal.Open["bundle"]) != m.ID {
		untrue("清单不是日志中封存的那一份", "the list of files is not the one the log holds")
	}
	fmt.Printf("✓ 清单已封存于日志 %s。The list is sealed in the log.\n", last.origin)

	receipts, openings := v.receipts(m, files)
	fmt.Printf("✓ %d 张回执全部在日志中。All %d receipts are in the log.\n", receipts, receipts)
	fmt.Printf("✓ 开示 %d 项与承诺值一致。All %d values shown are what was sealed.\n", openings, openings)
	fingerprint := sha256.Sum256(trusted)
	fmt.Printf("\n司法包核验通过。The bundle is proven.\n  当事方 party: %s %s\n  日志 log: %s\n  见证 witnesses: %s\n  策略 policy: SHA-256 %x\n",
		m.Party.Name, m.Party.ID, last.origin, strings.Join(last.times, "; "), fingerprint)
	if own {
		fmt.Println("  注意：策略出自包内，请与别处公布的核对，或用 -policy 给出自己的。\n  Careful: the policy comes with the bundle. Compare it, or give your own with -policy.")
	}
}

func untrue(zh, en string) {
	fmt.Fprintf(os.Stderr, "\n核验不通过：%s\nNot true: %s\n", zh, en)
	os.Exit(1)
}

func unusable(zh, en string) {
	fmt.Fprintf(os.Stderr, "\n无法核验：%s\nCannot be verified: %s\n", zh, en)
	os.Exit(2)
}

func text(raw json.RawMessage) (s string) {
	_ = json.Unmarshal(raw, &s)
	return
}

// --- The files ---------------------------------------------------------------------------------------------------

func load(target string) map[string][]byte {
	info, err := os.Stat(target)
	if err != nil {
		unusable("打不开 "+target, "cannot open "+target)
	}
	if !info.IsDir() {
		raw, err := os.ReadFile(target)
		if err != nil || len(raw) > bytesMax {
			unusable("打不开 "+target, "cannot open "+target)
		}
		return unzip(raw)
	}
	files, total := map[string][]byte{}, 0
	err = filepath.WalkDir(target, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if total += len(raw); total > bytesMax {
			unusable("文件夹过大", "the folder is too large")
		}
		name, _ := filepath.Rel(target, path)
		files[filepath.ToSlash(name)] = raw
		return err
	})
	if err != nil {
		unusable(err.Error(), err.Error())
	}
	return files
}

// unzip reads the archive as the platform writes it: stored files, one fixed time, nothing between and nothing after.
func unzip(raw []byte) map[string][]byte {
	changed := func() {
		untrue("压缩包不是平台制作时的样子；请取原始的压缩包，或解开后核验文件夹",
			"the archive is not as the platform made it; get the original, or unpack it and verify the folder")
	}
	files := map[string][]byte{}
	var directory bytes.Buffer
	at := 0
	for at+30 <= len(raw) && binary.LittleEndian.Uint32(raw[at:]) == 0x04034b50 {
		name, size := int(binary.LittleEndian.Uint16(raw[at+26:])), int(binary.LittleEndian.Uint32(raw[at+22:]))
		if size > len(raw) || at+30+name+size > len(raw) {
			changed()
		}
		path, content := raw[at+30:at+30+name], raw[at+30+name:at+30+name+size]
		shared := []any{uint16(20), uint16(0x0800), uint16(0), uint16(0), uint16(0x0021), crc32.ChecksumIEEE(content), uint32(size), uint32(size), uint16(name), uint16(0)}
		if !bytes.Equal(raw[at:at+30], little(append([]any{uint32(0x04034b50)}, shared...)...)) {
			changed()
		}
		directory.Write(little(append([]any{uint32(0x02014b50), uint16(20)}, shared...)...))
		directory.Write(little(uint16(0), uint16(0), uint16(0), uint32(0), uint32(at)))
		directory.Write(path)
		if _, twice := files[string(path)]; twice {
			changed()
		}
		files[string(path)] = content
		at += 30 + name + size
	}
	n := uint16(len(files))
	end := append(directory.Bytes(), little(uint32(0x06054b50), uint16(0), uint16(0), n, n, uint32(directory.Len()), uint32(at), uint16(0))...)
	if len(files) == 0 || !bytes.Equal(raw[at:], end) {
		changed()
	}
	return files
}

func little(values ...any) []byte {
	var b bytes.Buffer
	for _, v := range values {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	return b.Bytes()
}

// checkFiles: each listed file is there and unchanged, and nothing else is.
func checkFiles(m manifest, files map[string][]byte) {
	known := map[string]bool{manifestFile: true, sealEntry: true, sealProof: true}
	for _, f := range m.Files {
		content, ok := files[f.Path]
		sum := sha256.Sum256(content)
		if !ok || len(content) != f.Bytes || hex.EncodeToString(sum[:]) != f.SHA256 {
			untrue("文件 "+f.Path+" 缺失或被改动", "the file "+f.Path+" is missing or was changed")
		}
		known[f.Path] = true
	}
	for path := range files {
		if !known[path] {
			untrue("多出了文件 "+path, "the file "+path+" does not belong to the bundle")
		}
	}
	fmt.Printf("✓ %d 个文件与清单一致。%d files are as listed.\n", len(m.Files), len(m.Files))
}

// --- Keys and policy ---------------------------------------------------------------------------------------------

func parseKey(vkey, as string, kind byte) (k key, ok bool) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		unusable("公钥无法读取 "+vkey, "the key cannot be read: "+vkey)
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), raw...))
	if err != nil || len(raw) == 0 || hex.EncodeToString(sum[:4]) != parts[1] {
		unusable("公钥无法读取 "+vkey, "the key cannot be read: "+vkey)
	}
	if kind == 1 && raw[0] == 0xff {
		return key{}, false // SM2 and other kinds: Go's standard library has none of them
	}
	if raw[0] != kind || len(raw) != 33 {
		unusable("不支持的公钥 "+vkey, "a key of an unknown kind: "+vkey)
	}
	k = key{name: parts[0], as: as, public: ed25519.PublicKey(raw[1:])}
	copy(k.id[:], sum[:4])
	return k, true
}

func parsePolicy(raw []byte) policy {
	p := policy{groups: map[string]func(map[string]bool) bool{}}
	bad := func(line string) { unusable("策略有误："+line, "the policy is wrong: "+line) }
	for _, line := range strings.Split(string(raw), "\n") {
		words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		switch {
		case words[0] == "log" && len(words) >= 2:
			if k, ok := parseKey(words[1], "", 1); ok {
				p.logs = append(p.logs, k)
			}
		case words[0] == "witness" && len(words) >= 3:
			k, _ := parseKey(words[2], words[1], 4)
			p.witnesses = append(p.witnesses, k)
		case words[0] == "group" && len(words) >= 4:
			members, need := words[3:], 1
			if words[2] == "all" {
				need = len(members)
			} else if words[2] != "any" {
				n, err := strconv.Atoi(words[2])
				if err != nil || n < 1 || n > len(members) {
					bad(line)
				}
				need = n
			}
			p.groups[words[1]] = func(met map[string]bool) bool {
				have := 0
				for _, member := range members {
					if p.met(member, met) {
						have++
					}
				}
				return have >= need
			}
		case words[0] == "quorum" && len(words) == 2 && p.quorum == "":
			p.quorum = words[1]
		default:
			bad(line)
		}
	}
	if p.quorum == "" {
		bad("quorum")
	}
	return p
}

// met tells whether a witness or group has cosigned; groups name only what stands above them, so this ends.
func (p policy) met(name string, cosigned map[string]bool) bool {
	if group, ok := p.groups[name]; ok {
		return group(cosigned)
	}
	return name == "none" || cosigned[name]
}

// --- Checkpoints and receipts ------------------------------------------------------------------------------------

type verifier struct {
	policy, own policy
	seen        map[string]checkpoint
}

// open checks the signatures of a checkpoint. Strict: every signature line must be of a known key.
func (v verifier) open(note, file string, strict bool) checkpoint {
	split := strings.LastIndex(note, "\n\n")
	if split < 0 || !strings.HasSuffix(note, "\n") {
		untrue(file+" 的检查点不完整", "the checkpoint in "+file+" is not whole")
	}
	signed := note[:split+1]
	lines := strings.Split(signed, "\n")
	if len(lines) < 4 {
		untrue(file+" 的检查点不完整", "the checkpoint in "+file+" is not whole")
	}
	size, err := strconv.ParseUint(lines[1], 10, 63)
	root, err2 := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || err2 != nil || len(root) != 32 {
		untrue(file+" 的检查点不完整", "the checkpoint in "+file+" is not whole")
	}
	c := checkpoint{origin: lines[0], size: size, root: root}
	bySigner, met := false, map[string]bool{}
	for _, line := range strings.Split(strings.TrimSuffix(note[split+2:], "\n"), "\n") {
		words := strings.Split(line, " ")
		if len(words) != 3 || words[0] != "—" {
			untrue(file+" 的签名行损坏", "a signature line in "+file+" is damaged")
		}
		raw, err := base64.StdEncoding.Strict().DecodeString(words[2])
		if err != nil || len(raw) < 5 {
			untrue(file+" 的签名行损坏", "a signature line in "+file+" is damaged")
		}
		is := func(k key) bool { return k.name == words[1] && bytes.Equal(k.id[:], raw[:4]) }
		known := false
		for _, k := range append(append([]key{}, v.policy.logs...), v.own.logs...) {
			if !is(k) {
				continue
			}
			known = true
			if !ed25519.Verify(k.public, []byte(signed), raw[4:]) {
				untrue("日志的签名不真实："+file, "the log's signature is forged: "+file)
			}
		}
		for _, k := range v.policy.logs {
			bySigner = bySigner || is(k) && k.name == c.origin
		}
		for _, k := range append(append([]key{}, v.policy.witnesses...), v.own.witnesses...) {
			if !is(k) {
				continue
			}
			known = true
			if len(raw) != 76 || !ed25519.Verify(k.public, cosigned(signed, raw[4:12]), raw[12:]) {
				untrue("见证方 "+k.as+" 的联署不真实："+file, "the cosignature of "+k.as+" is forged: "+file)
			}
		}
		for _, k := range v.policy.witnesses {
			if is(k) {
				met[k.as] = true
				at := time.Unix(int64(binary.BigEndian.Uint64(raw[4:12])), 0).UTC()
				c.times = append(c.times, k.as+" "+at.Format(time.RFC3339))
			}
		}
		if strict && !known {
			untrue(file+" 有来历不明的签名行", file+" has a signature line that nothing accounts for")
		}
	}
	if !bySigner {
		untrue("检查点没有日志的签名："+file, "the checkpoint is not signed by the log: "+file)
	}
	if !v.policy.met(v.policy.quorum, met) {
		untrue("联署的见证方不足："+file, "too few witnesses cosigned: "+file)
	}
	sort.Strings(c.times)
	return c
}

func cosigned(signed string, at []byte) []byte {
	return []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(at), signed))
}

// receipt checks that an entry is in the log (C2SP tlog-proof).
func (v verifier) receipt(raw, proof []byte, file string, strict bool) (entry, checkpoint) {
	damaged := func() { untrue(file+" 损坏", file+" is damaged") }
	split := strings.Index(string(proof), "\n\n")
	if raw == nil || split < 0 {
		damaged()
	}
	lines, note := strings.Split(string(proof[:split]), "\n"), string(proof[split+2:])
	if lines[0] != "c2sp.org/tlog-proof@v1" || len(lines) < 2 {
		damaged()
	}
	lines = lines[1:]
	if !strict && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		damaged()
	}
	digits := strings.TrimPrefix(lines[0], "index ")
	index, err := strconv.ParseUint(digits, 10, 63)
	if err != nil || strconv.FormatUint(index, 10) != digits {
		damaged()
	}
	c, ok := v.seen[note]
	if !ok || strict {
		c = v.open(note, file, strict)
		v.seen[note] = c
	}
	root, node, last := hash([]byte{0}, raw), index, c.size-1
	if c.size == 0 || index > last {
		untrue(file+" 的序号超出日志", "the index in "+file+" lies beyond the log")
	}
	for _, line := range lines[1:] {
		sibling, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(sibling) != 32 || last == 0 {
			damaged()
		}
		if node&1 == 1 || node == last {
			root = hash([]byte{1}, sibling, root)
			for node != 0 && node&1 == 0 {
				node, last = node>>1, last>>1
			}
		} else {
			root = hash([]byte{1}, root, sibling)
		}
		node, last = node>>1, last>>1
	}
	if last != 0 || !bytes.Equal(root, c.root) {
		untrue("条目不在日志的该位置："+file, "the entry does not stand at that place in the log: "+file)
	}
	var e entry
	_ = json.Unmarshal(raw, &e)
	return e, c
}

func hash(parts ...[]byte) []byte {
	h := sha256.New()
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

// receipts checks every entry with its proof, and every value shown against its commitment.
func (v verifier) receipts(m manifest, files map[string][]byte) (receipts, openings int) {
	for _, f := range m.Files {
		name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(f.Path), ".json"), ".tlog-proof")
		entryPath, proofPath := "entries/"+name+".json", "proofs/"+name+".tlog-proof"
		switch f.Kind {
		case "entry", "proof", "openings":
			if files[entryPath] == nil || files[proofPath] == nil {
				untrue("缺少 "+entryPath+" 或 "+proofPath, entryPath+" or "+proofPath+" is missing")
			}
		}
		if f.Kind != "entry" {
			continue
		}
		e, _ := v.receipt(files[entryPath], files[proofPath], proofPath, false)
		receipts++
		if shown, ok := files["openings/"+name+".json"]; ok {
			openings += check(e, shown, "openings/"+name+".json")
		}
	}
	return
}

// check: SHA-256 of salt and canonical value (RFC 8785, as it stands in the file) is what the entry committed to.
func check(e entry, raw []byte, file string) (count int) {
	var shown struct {
		Openings []struct {
			Name, Salt string
			Value      json.RawMessage
		}
	}
	if json.Unmarshal(raw, &shown) != nil {
		untrue(file+" 损坏", file+" is damaged")
	}
	for _, o := range shown.Openings {
		if o.Salt == "" {
			continue // withheld or erased
		}
		salt, err := hex.DecodeString(o.Salt)
		if err != nil || e.Sealed[o.Name] != "sha256:"+hex.EncodeToString(hash(salt, o.Value)) {
			untrue(file+" 的“"+o.Name+"”与承诺值不符", "“"+o.Name+"” in "+file+" is not what was sealed")
		}
		count++
	}
	return
}
