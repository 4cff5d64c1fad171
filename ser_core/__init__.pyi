from .emotions import Emotion as Emotion
from .errors import AudioError as AudioError
from .errors import AudioTooLargeError as AudioTooLargeError
from .errors import AudioTooLongError as AudioTooLongError
from .errors import AudioUnreadableError as AudioUnreadableError
from .errors import BaselineError as BaselineError
from .errors import CorpusError as CorpusError
from .errors import DamagedAudioError as DamagedAudioError
from .errors import EmptyAudioError as EmptyAudioError
from .errors import FeatureError as FeatureError
from .errors import MicrophoneError as MicrophoneError
from .errors import ModelError as ModelError
from .errors import NoAudioStreamError as NoAudioStreamError
from .errors import OutputError as OutputError
from .errors import TrainingError as TrainingError
from .errors import UndertoneError as UndertoneError
from .errors import UnsupportedAudioError as UnsupportedAudioError
from .errors import WeightsError as WeightsError
from .errors import WorkerError as WorkerError
from .features import extract_features as extract_features
from .features import feature_names as feature_names
from .inference import Analysis as Analysis
from .inference import analyse as analyse
from .inference import analyse_waveform as analyse_waveform
from .models import Prediction as Prediction
from .models import load_model as load_model

__version__: str
