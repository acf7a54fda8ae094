"""A pair of keys that age-keygen made for these tests."""

from typing import Final

PUBLIC: Final = "age1pceww0jzakvt6ff33n04fkn2tgkspfxgycguvfxwvjkp80pyra8q68padt"
PRIVATE: Final = "AGE-SECRET-KEY-1R0P5JGJJX49YUVFQA5AJE478HEQ8E3CDHZHW7K7FXSXWLQ0L8SAS6NZLK0"
"""Opens nothing but what the tests encrypt."""

OTHER_PRIVATE: Final = "AGE-SECRET-KEY-1ANEH7N2KDT2ELDZW5VCC46SSJCJNFQUNZA547EPZTX03LJD0ZURQHLPQSN"
