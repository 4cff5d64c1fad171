"""Signal processing: the short-time Fourier transform and pitch."""
