# Runs a person's Python program inside the sandbox: this process only waits and hands over what the program left in
# /out; the program runs in a child that has no way to the private pipe.
import json
import os
import resource
import signal
import stat
import struct
import sys

# One pipe both ways; in a pod a file with the request, and one for the answers.
REQUESTS = int(os.environ.get("REQUESTS", "4"))
ANSWERS = int(os.environ.get("ANSWERS", "4"))
JSON_FRAME = b"J"
BYTES_FRAME = b"B"
REQUEST_BYTES_MAX = 2 * 1024 * 1024
PIECE_BYTES = 1024 * 1024
INPUTS = "/in"
OUTPUT = "/out"
# How the child ended, told by its exit code; whatever else is a failure of the program.
SYNTAX = 65
MEMORY = 66
FAILED = 1


def read_exactly(count):
    data = b""
    while len(data) < count:
        piece = os.read(REQUESTS, count - len(data))
        if not piece:
            os._exit(0)
        data += piece
    return data


def read_request():
    length, kind = struct.unpack(">Ic", read_exactly(5))
    if length > REQUEST_BYTES_MAX or kind != JSON_FRAME:
        os._exit(1)
    return json.loads(read_exactly(length))


def write_frame(kind, content):
    data = memoryview(struct.pack(">Ic", len(content), kind) + bytes(content))
    while data:
        data = data[os.write(ANSWERS, data):]


def answer(message):
    write_frame(JSON_FRAME, json.dumps(message).encode())


def offer(aliases):
    """The module `shuheng` that a program imports."""
    import types

    class Tables(dict):
        """Each table is read when it is asked for first."""

        def __missing__(self, name):
            if name not in aliases:
                raise KeyError(name)
            self[name] = read_table(os.path.join(INPUTS, name))
            return self[name]

        def __iter__(self):
            return iter(aliases)

        def __len__(self):
            return len(aliases)

        def __contains__(self, name):
            return name in aliases

        def keys(self):
            return list(aliases)

        def items(self):
            return [(name, self[name]) for name in aliases]

        def values(self):
            return [self[name] for name in aliases]

    module = types.ModuleType("shuheng", "Tables lent to this program, and where its result goes.")
    module.tables = Tables()
    module.result = write_result
    sys.modules["shuheng"] = module


def read_table(folder):
    import numpy
    import pandas

    with open(os.path.join(folder, "meta.json"), encoding="utf-8") as file:
        meta = json.load(file)
    series = []
    for place, column in enumerate(meta["columns"]):
        path = os.path.join(folder, str(place))
        values = numpy.fromfile(path + ".values", dtype=numpy.dtype(column["numpy"]))
        kind = column["kind"]
        if kind == "text":
            with open(path + ".texts", encoding="utf-8") as file:
                texts = numpy.array(json.load(file) + [None], dtype=object)
            # A missing text is at place -1, the last.
            series.append(texts[values])
            continue
        missing = None
        if column["nulls"]:
            missing = numpy.fromfile(path + ".missing", dtype=bool)
        if kind == "texts":
            with open(path + ".texts", "rb") as file:
                content = file.read()
            starts = values.tolist()
            texts = numpy.empty(len(starts) - 1, dtype=object)
            texts[:] = [content[a:b].decode() for a, b in zip(starts, starts[1:])]
            if missing is not None:
                texts[missing] = None
            series.append(texts)
            continue
        if kind in ("timestamp", "instant"):
            times = values.view("M8[us]").astype("M8[ns]")
            if missing is not None:
                times[missing] = numpy.datetime64("NaT")
            made = pandas.Series(times)
            series.append(made.dt.tz_localize("UTC") if kind == "instant" else made)
        elif kind == "double":
            if missing is not None:
                values[missing] = numpy.nan
            series.append(values)
        elif kind == "boolean":
            values = values.astype(bool)
            series.append(values if missing is None else pandas.arrays.BooleanArray(values, missing))
        else:
            series.append(values if missing is None else pandas.arrays.IntegerArray(values, missing))
    frame = pandas.DataFrame(dict(enumerate(series)), copy=False)
    frame.columns = [column["name"] for column in meta["columns"]]
    return frame


def plain(value):
    """What numpy and pandas hand out, as JSON knows it."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError("a result holds numbers, texts, lists and dicts")


def write_result(result):
    if hasattr(result, "to_frame"):
        result = result.to_frame()
    if hasattr(result, "to_csv"):
        result.to_csv(os.path.join(OUTPUT, "result.csv"), index=False)
        return
    with open(os.path.join(OUTPUT, "result.json"), "w", encoding="utf-8") as file:
        json.dump(result, file, default=plain, ensure_ascii=False)


def run(code, aliases):
    for descriptor in {REQUESTS, ANSWERS}:
        os.close(descriptor)
    try:
        compiled = compile(code, "program.py", "exec")
    except (SyntaxError, ValueError) as error:
        print(error, file=sys.stderr)
        return SYNTAX
    offer(aliases)
    try:
        exec(compiled, {"__name__": "__main__", "__builtins__": __builtins__})
    except MemoryError:
        print("MemoryError", file=sys.stderr)
        return MEMORY
    except SystemExit as end:
        return 0 if end.code in (None, 0) else FAILED
    except BaseException as error:
        import traceback

        # Without the step of this file.
        traceback.print_exception(type(error), error, error.__traceback__.tb_next)
        return FAILED
    return 0


def outputs():
    """Regular files right in /out, never by a link."""
    for entry in sorted(os.listdir(OUTPUT)):
        try:
            descriptor = os.open(os.path.join(OUTPUT, entry), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            continue
        try:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                yield entry, descriptor
        finally:
            os.close(descriptor)


def send_outputs(request):
    left = request["bytesMax"]
    for count, (name, descriptor) in enumerate(outputs(), 1):
        size = os.fstat(descriptor).st_size
        left -= size
        if count > request["filesMax"] or left < 0:
            return {"failure": "resource", "detail": "too many files or bytes in /out"}
        answer({"id": request["id"], "file": name, "bytes": size})
        while size > 0:
            piece = os.read(descriptor, min(size, PIECE_BYTES))
            if not piece:
                os._exit(1)
            size -= len(piece)
            write_frame(BYTES_FRAME, piece)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"ok": {"cpuMs": round((used.ru_utime + used.ru_stime) * 1000), "memoryPeakBytes": used.ru_maxrss * 1024}}


def verdict(status):
    if os.WIFSIGNALED(status):
        return "resource"
    return {0: None, SYNTAX: "syntax", MEMORY: "resource"}.get(os.WEXITSTATUS(status), "data")


def main():
    # The first process of a namespace is sent no signal that it has no handler for.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    request = read_request()
    child = os.fork()
    if child == 0:
        code = FAILED
        try:
            code = run(request["code"], request["tables"])
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)
    # As the first process here it also gathers whatever the program left running.
    pid, status = 0, 0
    while pid != child:
        pid, status = os.wait()
    failure = verdict(status)
    # Nothing of the program may write on while its files are read.
    try:
        os.kill(-1, 9)
    except ProcessLookupError:
        pass
    done = send_outputs(request) if failure is None else {"failure": failure, "detail": ""}
    answer({"id": request["id"], **done})
    # The other side ends this process, and the sandbox with it.
    os.read(REQUESTS, 1)


main()
