"""Small model files of CTranslate2's format with random weights, and the encoder in numpy."""

import struct

import numpy as np
import scipy.special

TYPES = {"float32": 0, "int8": 1, "int16": 2, "int32": 3, "float16": 4}
WIDTH, N_HEADS, HIDDEN = 64, 4, 256


def random_variables(*, n_blocks=4, width=WIDTH, n_heads=N_HEADS, hidden=HIDDEN, seed=0):
    """Return variables of an encoder, in which every part has a say in what comes out."""
    random = np.random.default_rng(seed)

    def values(*shape, size=1.0):
        return (size * random.normal(size=shape)).astype(np.float16)

    variables = {
        "encoder/num_heads": np.array(n_heads, dtype=np.int16),
        "encoder/conv1/weight": values(width, 80, 3, size=0.1),
        "encoder/conv1/bias": values(width),
        "encoder/conv2/weight": values(width, width, 3, size=0.1),
        "encoder/conv2/bias": values(width),
        "decoder/embeddings/weight": values(7, 5),
    }
    for block in range(n_blocks):
        attention, network = f"encoder/layer_{block}/self_attention", f"encoder/layer_{block}/ffn"
        for part in (attention, network):
            variables[f"{part}/layer_norm/gamma"] = 1 + values(width, size=0.2)
            variables[f"{part}/layer_norm/beta"] = values(width, size=0.2)
        for name, shape in {
            f"{attention}/linear_0": (3 * width, width),
            f"{attention}/linear_1": (width, width),
            f"{network}/linear_0": (hidden, width),
            f"{network}/linear_1": (width, hidden),
        }.items():
            # Large enough for attention to choose between frames.
            variables[f"{name}/weight"] = values(*shape, size=1.5 / shape[1] ** 0.5)
            variables[f"{name}/bias"] = values(shape[0], size=0.4)
    return variables


def model_file(variables, *, version=6, specification="WhisperSpec"):
    """Return the bytes of a model file."""
    parts = [struct.pack("<I", version), text(specification), struct.pack("<II", 3, len(variables))]
    parts += [variable(name, array) for name, array in variables.items()]
    return b"".join([*parts, struct.pack("<I", 0)])


def variable(name, array, *, shape=None, kind=None, n_bytes=None):
    """Return a variable of a model file, with another shape, type or size than it has if asked."""
    shape = array.shape if shape is None else shape
    return b"".join(
        [
            text(name),
            struct.pack(f"<B{len(shape)}I", len(shape), *shape),
            struct.pack("<B", TYPES[array.dtype.name] if kind is None else kind),
            struct.pack("<I", array.nbytes if n_bytes is None else n_bytes),
            array.tobytes(),
        ]
    )


def text(words):
    return struct.pack("<H", len(words) + 1) + words.encode() + b"\0"


def encode(variables, mel, *, n_blocks=4, dtype=np.float64):
    """Return the frames after each block; `mel` is (80, n_mel_frames)."""
    values = {name: array.astype(dtype, copy=False) for name, array in variables.items()}
    n_heads = int(values["encoder/num_heads"])
    frames = gelu(convolve(values, "encoder/conv1", mel, stride=1))
    frames = gelu(convolve(values, "encoder/conv2", frames, stride=2)).T
    n_frames, width = frames.shape
    rates = np.exp(-np.log(10_000) / (width / 2 - 1) * np.arange(width // 2))
    angles = np.outer(np.arange(n_frames), rates)
    frames = frames + np.hstack([np.sin(angles), np.cos(angles)]).astype(dtype)
    outputs = []
    for block in range(n_blocks):
        part = f"encoder/layer_{block}/self_attention"
        joint = linear(values, f"{part}/linear_0", normalise(values, part, frames))
        query, key, value = joint.reshape(n_frames, 3, n_heads, -1).transpose(1, 2, 0, 3)
        scores = query @ key.transpose(0, 2, 1) / (width / n_heads) ** 0.5
        mixed = scipy.special.softmax(scores, axis=-1) @ value
        mixed = mixed.transpose(1, 0, 2).reshape(n_frames, width)
        frames = frames + linear(values, f"{part}/linear_1", mixed)
        part = f"encoder/layer_{block}/ffn"
        hidden = gelu(linear(values, f"{part}/linear_0", normalise(values, part, frames)))
        frames = frames + linear(values, f"{part}/linear_1", hidden)
        outputs.append(frames)
    return np.stack(outputs)


def gelu(x):
    return x * scipy.special.ndtr(x)


def linear(values, name, frames):
    return frames @ values[f"{name}/weight"].T + values[f"{name}/bias"]


def normalise(values, part, frames):
    centred = frames - frames.mean(axis=1, keepdims=True)
    scaled = centred / np.sqrt(frames.var(axis=1, keepdims=True) + 1e-5)
    return scaled * values[f"{part}/layer_norm/gamma"] + values[f"{part}/layer_norm/beta"]


def convolve(values, name, frames, *, stride):
    padded = np.pad(frames, [(0, 0), (1, 1)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 3, axis=1)[:, ::stride]
    products = np.tensordot(values[f"{name}/weight"], windows, axes=([1, 2], [0, 2]))
    return products + values[f"{name}/bias"][:, None]
