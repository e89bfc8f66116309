//! Printed arrays beside what PyTorch 2.15 printed.

use gradshell::array::print::{PrintOptions, repr, scalar};
use gradshell::array::{Array, Dtype, Scalar, copy, ternary};

fn floats(sizes: &[i64], values: &[f64]) -> Array {
    cast(&Array::from_vec(sizes, values).unwrap(), Dtype::Float32)
}

fn ints(sizes: &[i64], start: i64) -> Array {
    let count: i64 = sizes.iter().product();
    let values: Vec<i64> = (start..start + count).collect();
    Array::from_vec(sizes, &values).unwrap()
}

fn cast(array: &Array, dtype: Dtype) -> Array {
    copy::cast(array, dtype).unwrap()
}

fn complex(real: &[f64], imag: &[f64]) -> Array {
    let count = real.len() as i64;
    ternary::complex(&floats(&[count], real), &floats(&[count], imag)).unwrap()
}

#[test]
#[rustfmt::skip]
fn arrays_print_as_pytorchs() {
    let cases: &[(Array, &str)] = &[
        (floats(&[3], &[1.0, -0.5, 100.25]), "tensor([  1.0000,  -0.5000, 100.2500])"),
        (floats(&[3], &[1.0, 2.0, -3.0]), "tensor([ 1.,  2., -3.])"),
        (floats(&[2], &[1e-5, 1.0]), "tensor([1.0000e-05, 1.0000e+00])"),
        (floats(&[4], &[f64::NAN, f64::INFINITY, -f64::INFINITY, 2.0]), "tensor([nan, inf, -inf, 2.])"),
        (floats(&[2, 2], &[0.0, -0.0, 0.0, 0.0]), "tensor([[0., -0.],\n        [0., 0.]])"),
        (floats(&[], &[3.25159]), "tensor(3.2516)"),
        (floats(&[2], &[123456789.0, 1.0]), "tensor([1.2346e+08, 1.0000e+00])"),
        (ints(&[2, 3], 1), "tensor([[1, 2, 3],\n        [4, 5, 6]])"),
        (ints(&[30], 0), "tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,\n        18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29])"),
        (ints(&[1001], 0), "tensor([   0,    1,    2,  ...,  998,  999, 1000])"),
        (ints(&[40, 30], 0), "tensor([[   0,    1,    2,  ...,   27,   28,   29],\n        [  30,   31,   32,  ...,   57,   58,   59],\n        [  60,   61,   62,  ...,   87,   88,   89],\n        ...,\n        [1110, 1111, 1112,  ..., 1137, 1138, 1139],\n        [1140, 1141, 1142,  ..., 1167, 1168, 1169],\n        [1170, 1171, 1172,  ..., 1197, 1198, 1199]])"),
        (ints(&[7, 20, 9], 0), "tensor([[[   0,    1,    2,  ...,    6,    7,    8],\n         [   9,   10,   11,  ...,   15,   16,   17],\n         [  18,   19,   20,  ...,   24,   25,   26],\n         ...,\n         [ 153,  154,  155,  ...,  159,  160,  161],\n         [ 162,  163,  164,  ...,  168,  169,  170],\n         [ 171,  172,  173,  ...,  177,  178,  179]],\n\n        [[ 180,  181,  182,  ...,  186,  187,  188],\n         [ 189,  190,  191,  ...,  195,  196,  197],\n         [ 198,  199,  200,  ...,  204,  205,  206],\n         ...,\n         [ 333,  334,  335,  ...,  339,  340,  341],\n         [ 342,  343,  344,  ...,  348,  349,  350],\n         [ 351,  352,  353,  ...,  357,  358,  359]],\n\n        [[ 360,  361,  362,  ...,  366,  367,  368],\n         [ 369,  370,  371,  ...,  375,  376,  377],\n         [ 378,  379,  380,  ...,  384,  385,  386],\n         ...,\n         [ 513,  514,  515,  ...,  519,  520,  521],\n         [ 522,  523,  524,  ...,  528,  529,  530],\n         [ 531,  532,  533,  ...,  537,  538,  539]],\n\n        ...,\n\n        [[ 720,  721,  722,  ...,  726,  727,  728],\n         [ 729,  730,  731,  ...,  735,  736,  737],\n         [ 738,  739,  740,  ...,  744,  745,  746],\n         ...,\n         [ 873,  874,  875,  ...,  879,  880,  881],\n         [ 882,  883,  884,  ...,  888,  889,  890],\n         [ 891,  892,  893,  ...,  897,  898,  899]],\n\n        [[ 900,  901,  902,  ...,  906,  907,  908],\n         [ 909,  910,  911,  ...,  915,  916,  917],\n         [ 918,  919,  920,  ...,  924,  925,  926],\n         ...,\n         [1053, 1054, 1055,  ..., 1059, 1060, 1061],\n         [1062, 1063, 1064,  ..., 1068, 1069, 1070],\n         [1071, 1072, 1073,  ..., 1077, 1078, 1079]],\n\n        [[1080, 1081, 1082,  ..., 1086, 1087, 1088],\n         [1089, 1090, 1091,  ..., 1095, 1096, 1097],\n         [1098, 1099, 1100,  ..., 1104, 1105, 1106],\n         ...,\n         [1233, 1234, 1235,  ..., 1239, 1240, 1241],\n         [1242, 1243, 1244,  ..., 1248, 1249, 1250],\n         [1251, 1252, 1253,  ..., 1257, 1258, 1259]]])"),
        (ints(&[2, 1, 2, 2], 0), "tensor([[[[0, 1],\n          [2, 3]]],\n\n\n        [[[4, 5],\n          [6, 7]]]])"),
        (cast(&ints(&[3], 0), Dtype::Bool), "tensor([False,  True,  True])"),
        (cast(&ints(&[3], 0), Dtype::Int32), "tensor([0, 1, 2], dtype=torch.int32)"),
        (cast(&floats(&[2], &[0.1, 0.2]), Dtype::Float64), "tensor([0.1000, 0.2000], dtype=torch.float64)"),
        (cast(&floats(&[2], &[0.1, 0.2]), Dtype::Float16), "tensor([0.1000, 0.2000], dtype=torch.float16)"),
        (complex(&[1.5, -2.0], &[0.0, -0.25]), "tensor([ 1.5000+0.0000j, -2.0000-0.2500j])"),
        (ints(&[0], 0), "tensor([], dtype=torch.int64)"),
        (floats(&[0, 3], &[]), "tensor([], size=(0, 3))"),
    ];
    for (array, expected) in cases {
        assert_eq!(repr(array, &PrintOptions::default(), "tensor(", &[]).unwrap(), *expected);
    }
}

#[test]
fn suffixes_wrap_at_the_line_width() {
    let array = floats(&[6], &[0.125; 6]);
    assert_eq!(
        repr(&array, &PrintOptions::default(), "tensor(", &["grad_fn=<MulBackward0>"]).unwrap(),
        "tensor([0.1250, 0.1250, 0.1250, 0.1250, 0.1250, 0.1250],\n       grad_fn=<MulBackward0>)"
    );
    let options = PrintOptions {
        precision: 2,
        threshold: 3.0,
        edgeitems: 1,
        ..PrintOptions::default()
    };
    assert_eq!(
        repr(&array, &options, "tensor(", &["requires_grad=True"]).unwrap(),
        "tensor([0.12,  ..., 0.12], requires_grad=True)"
    );
}

#[test]
fn scalars_print_as_pythons() {
    for (value, expected) in [
        (Scalar::Float(0.1), "0.1"),
        (Scalar::Float(1e16), "1e+16"),
        (Scalar::Float(-1e-5), "-1e-05"),
        // A tie between two shortest forms goes to the even digit.
        (Scalar::Float(100.22244262695312), "100.22244262695312"),
        (Scalar::Float(f64::INFINITY), "inf"),
        (Scalar::Complex(1.0, -2.5), "(1-2.5j)"),
        (Scalar::Complex(0.0, 1.0), "1j"),
        (Scalar::Bool(true), "True"),
    ] {
        assert_eq!(scalar(value), expected);
    }
}
