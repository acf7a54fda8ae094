var e=`M21.1,12.5L22.5,13.91L15.97,20.5L12.5,17L13.9,15.59L15.97,17.67L21.1,12.5M11,4A4,4 0 0,1 15,8A4,4 0 0,1 11,12A4,4 0 0,1 7,8A4,4 0 0,1 11,4M11,6A2,2 0 0,0 9,8A2,2 0 0,0 11,10A2,2 0 0,0 13,8A2,2 0 0,0 11,6M11,13C11.68,13 12.5,13.09 13.41,13.26L11.74,14.93L11,14.9C8.03,14.9 4.9,16.36 4.9,17V18.1H11.1L13,20H3V17C3,14.34 8.33,13 11,13Z`,t=`M12,5.5A3.5,3.5 0 0,1 15.5,9A3.5,3.5 0 0,1 12,12.5A3.5,3.5 0 0,1 8.5,9A3.5,3.5 0 0,1 12,5.5M5,8C5.56,8 6.08,8.15 6.53,8.42C6.38,9.85 6.8,11.27 7.66,12.38C7.16,13.34 6.16,14 5,14A3,3 0 0,1 2,11A3,3 0 0,1 5,8M19,8A3,3 0 0,1 22,11A3,3 0 0,1 19,14C17.84,14 16.84,13.34 16.34,12.38C17.2,11.27 17.62,9.85 17.47,8.42C17.92,8.15 18.44,8 19,8M5.5,18.25C5.5,16.18 8.41,14.5 12,14.5C15.59,14.5 18.5,16.18 18.5,18.25V20H5.5V18.25M0,20V18.5C0,17.11 1.89,15.94 4.45,15.6C3.86,16.28 3.5,17.22 3.5,18.25V20H0M24,20H20.5V18.25C20.5,17.22 20.14,16.28 19.55,15.6C22.11,15.94 24,17.11 24,18.5V20Z`,n=`M20.5,14.5V16H19V14.5H20.5M18.5,9.5H17V9A3,3 0 0,1 20,6A3,3 0 0,1 23,9C23,9.97 22.5,10.88 21.71,11.41L21.41,11.6C20.84,12 20.5,12.61 20.5,13.3V13.5H19V13.3C19,12.11 19.6,11 20.59,10.35L20.88,10.16C21.27,9.9 21.5,9.47 21.5,9A1.5,1.5 0 0,0 20,7.5A1.5,1.5 0 0,0 18.5,9V9.5M9,13C11.67,13 17,14.34 17,17V20H1V17C1,14.34 6.33,13 9,13M9,4A4,4 0 0,1 13,8A4,4 0 0,1 9,12A4,4 0 0,1 5,8A4,4 0 0,1 9,4M9,14.9C6.03,14.9 2.9,16.36 2.9,17V18.1H15.1V17C15.1,16.36 11.97,14.9 9,14.9M9,5.9A2.1,2.1 0 0,0 6.9,8A2.1,2.1 0 0,0 9,10.1A2.1,2.1 0 0,0 11.1,8A2.1,2.1 0 0,0 9,5.9Z`,r=`M13 14H11V9H13M13 18H11V16H13M1 21H23L12 2L1 21Z`,i=`M13,13H11V7H13M13,17H11V15H13M12,2A10,10 0 0,0 2,12A10,10 0 0,0 12,22A10,10 0 0,0 22,12A10,10 0 0,0 12,2Z`,a=`M11,15H13V17H11V15M11,7H13V13H11V7M12,2C6.47,2 2,6.5 2,12A10,10 0 0,0 12,22A10,10 0 0,0 22,12A10,10 0 0,0 12,2M12,20A8,8 0 0,1 4,12A8,8 0 0,1 12,4A8,8 0 0,1 20,12A8,8 0 0,1 12,20Z`,o=`M12,2L1,21H23M12,6L19.53,19H4.47M11,10V14H13V10M11,16V18H13V16`,s=`M11,4H13V16L18.5,10.5L19.92,11.92L12,19.84L4.08,11.92L5.5,10.5L11,16V4Z`,c=`M20,11V13H8L13.5,18.5L12.08,19.92L4.16,12L12.08,4.08L13.5,5.5L8,11H20Z`,l=`M13,20H11V8L5.5,13.5L4.08,12.08L12,4.16L19.92,12.08L18.5,13.5L13,8V20Z`,u=`M10,21H14A2,2 0 0,1 12,23A2,2 0 0,1 10,21M21,19V20H3V19L5,17V11C5,7.9 7.03,5.17 10,4.29C10,4.19 10,4.1 10,4A2,2 0 0,1 12,2A2,2 0 0,1 14,4C14,4.1 14,4.19 14,4.29C16.97,5.17 19,7.9 19,11V17L21,19M17,11A5,5 0 0,0 12,6A5,5 0 0,0 7,11V18H17V11M19.75,3.19L18.33,4.61C20.04,6.3 21,8.6 21,11H23C23,8.07 21.84,5.25 19.75,3.19M1,11H3C3,8.6 3.96,6.3 5.67,4.61L4.25,3.19C2.16,5.25 1,8.07 1,11Z`,d=`M12 21.5C10.65 20.65 8.2 20 6.5 20C4.85 20 3.15 20.3 1.75 21.05C1.65 21.1 1.6 21.1 1.5 21.1C1.25 21.1 1 20.85 1 20.6V6C1.6 5.55 2.25 5.25 3 5C4.11 4.65 5.33 4.5 6.5 4.5C8.45 4.5 10.55 4.9 12 6C13.45 4.9 15.55 4.5 17.5 4.5C18.67 4.5 19.89 4.65 21 5C21.75 5.25 22.4 5.55 23 6V20.6C23 20.85 22.75 21.1 22.5 21.1C22.4 21.1 22.35 21.1 22.25 21.05C20.85 20.3 19.15 20 17.5 20C15.8 20 13.35 20.65 12 21.5M12 8V19.5C13.35 18.65 15.8 18 17.5 18C18.7 18 19.9 18.15 21 18.5V7C19.9 6.65 18.7 6.5 17.5 6.5C15.8 6.5 13.35 7.15 12 8M13 11.5C14.11 10.82 15.6 10.5 17.5 10.5C18.41 10.5 19.26 10.59 20 10.78V9.23C19.13 9.08 18.29 9 17.5 9C15.73 9 14.23 9.28 13 9.84V11.5M17.5 11.67C15.79 11.67 14.29 11.93 13 12.46V14.15C14.11 13.5 15.6 13.16 17.5 13.16C18.54 13.16 19.38 13.24 20 13.4V11.9C19.13 11.74 18.29 11.67 17.5 11.67M20 14.57C19.13 14.41 18.29 14.33 17.5 14.33C15.67 14.33 14.17 14.6 13 15.13V16.82C14.11 16.16 15.6 15.83 17.5 15.83C18.54 15.83 19.38 15.91 20 16.07V14.57Z`,f=`M21.33,12.91C21.42,14.46 20.71,15.95 19.44,16.86L20.21,18.35C20.44,18.8 20.47,19.33 20.27,19.8C20.08,20.27 19.69,20.64 19.21,20.8L18.42,21.05C18.25,21.11 18.06,21.14 17.88,21.14C17.37,21.14 16.89,20.91 16.56,20.5L14.44,18C13.55,17.85 12.71,17.47 12,16.9C11.5,17.05 11,17.13 10.5,17.13C9.62,17.13 8.74,16.86 8,16.34C7.47,16.5 6.93,16.57 6.38,16.56C5.59,16.57 4.81,16.41 4.08,16.11C2.65,15.47 1.7,14.07 1.65,12.5C1.57,11.78 1.69,11.05 2,10.39C1.71,9.64 1.68,8.82 1.93,8.06C2.3,7.11 3,6.32 3.87,5.82C4.45,4.13 6.08,3 7.87,3.12C9.47,1.62 11.92,1.46 13.7,2.75C14.12,2.64 14.56,2.58 15,2.58C16.36,2.55 17.65,3.15 18.5,4.22C20.54,4.75 22,6.57 22.08,8.69C22.13,9.8 21.83,10.89 21.22,11.82C21.29,12.18 21.33,12.54 21.33,12.91M16.33,11.5C16.9,11.57 17.35,12 17.35,12.57A1,1 0 0,1 16.35,13.57H15.72C15.4,14.47 14.84,15.26 14.1,15.86C14.35,15.95 14.61,16 14.87,16.07C20,16 19.4,12.87 19.4,12.82C19.34,11.39 18.14,10.27 16.71,10.33A1,1 0 0,1 15.71,9.33A1,1 0 0,1 16.71,8.33C17.94,8.36 19.12,8.82 20.04,9.63C20.09,9.34 20.12,9.04 20.12,8.74C20.06,7.5 19.5,6.42 17.25,6.21C16,3.25 12.85,4.89 12.85,5.81V5.81C12.82,6.04 13.06,6.53 13.1,6.56A1,1 0 0,1 14.1,7.56C14.1,8.11 13.65,8.56 13.1,8.56V8.56C12.57,8.54 12.07,8.34 11.67,8C11.19,8.31 10.64,8.5 10.07,8.56V8.56C9.5,8.61 9.03,8.21 9,7.66C8.92,7.1 9.33,6.61 9.88,6.56C10.04,6.54 10.82,6.42 10.82,5.79V5.79C10.82,5.13 11.07,4.5 11.5,4C10.58,3.75 9.59,4.08 8.59,5.29C6.75,5 6,5.25 5.45,7.2C4.5,7.67 4,8 3.78,9C4.86,8.78 5.97,8.87 7,9.25C7.5,9.44 7.78,10 7.59,10.54C7.4,11.06 6.82,11.32 6.3,11.13C5.57,10.81 4.75,10.79 4,11.07C3.68,11.34 3.68,11.9 3.68,12.34C3.68,13.08 4.05,13.77 4.68,14.17C5.21,14.44 5.8,14.58 6.39,14.57C6.24,14.31 6.11,14.04 6,13.76C5.81,13.22 6.1,12.63 6.64,12.44C7.18,12.25 7.77,12.54 7.96,13.08C8.36,14.22 9.38,15 10.58,15.13C11.95,15.06 13.17,14.25 13.77,13C14,11.62 15.11,11.5 16.33,11.5M18.33,18.97L17.71,17.67L17,17.83L18,19.08L18.33,18.97M13.68,10.36C13.7,9.83 13.3,9.38 12.77,9.33C12.06,9.29 11.37,9.53 10.84,10C10.27,10.58 9.97,11.38 10,12.19A1,1 0 0,0 11,13.19C11.57,13.19 12,12.74 12,12.19C12,11.92 12.07,11.65 12.23,11.43C12.35,11.33 12.5,11.28 12.66,11.28C13.21,11.31 13.68,10.9 13.68,10.36Z`,p=`M15,13H16.5V15.82L18.94,17.23L18.19,18.53L15,16.69V13M19,8H5V19H9.67C9.24,18.09 9,17.07 9,16A7,7 0 0,1 16,9C17.07,9 18.09,9.24 19,9.67V8M5,21C3.89,21 3,20.1 3,19V5C3,3.89 3.89,3 5,3H6V1H8V3H16V1H18V3H19A2,2 0 0,1 21,5V11.1C22.24,12.36 23,14.09 23,16A7,7 0 0,1 16,23C14.09,23 12.36,22.24 11.1,21H5M16,11.15A4.85,4.85 0 0,0 11.15,16C11.15,18.68 13.32,20.85 16,20.85A4.85,4.85 0 0,0 20.85,16C20.85,13.32 18.68,11.15 16,11.15Z`,m=`M21,7L9,19L3.5,13.5L4.91,12.09L9,16.17L19.59,5.59L21,7Z`,ee=`M0.41,13.41L6,19L7.41,17.58L1.83,12M22.24,5.58L11.66,16.17L7.5,12L6.07,13.41L11.66,19L23.66,7M18,7L16.59,5.58L10.24,11.93L11.66,13.34L18,7Z`,te=`M12 2C6.5 2 2 6.5 2 12S6.5 22 12 22 22 17.5 22 12 17.5 2 12 2M10 17L5 12L6.41 10.59L10 14.17L17.59 6.58L19 8L10 17Z`,ne=`M12 2C6.5 2 2 6.5 2 12S6.5 22 12 22 22 17.5 22 12 17.5 2 12 2M12 20C7.59 20 4 16.41 4 12S7.59 4 12 4 20 7.59 20 12 16.41 20 12 20M16.59 7.58L10 14.17L7.41 11.59L6 13L10 17L18 9L16.59 7.58Z`,re=`M15,20A1,1 0 0,0 14,19H13V17H17A2,2 0 0,0 19,15V5A2,2 0 0,0 17,3H7A2,2 0 0,0 5,5V15A2,2 0 0,0 7,17H11V19H10A1,1 0 0,0 9,20H2V22H9A1,1 0 0,0 10,23H14A1,1 0 0,0 15,22H22V20H15M7,15V5H17V15H7M8,10.37L9.24,9.13L10.93,10.83L14.76,7L16,8.5L10.93,13.57L8,10.37Z`,ie=`M17 9H16.5 17M7 15H10C10.08 14.32 10.23 13.64 10.5 13H7V15M11.9 10.9C13.17 9.64 14.84 9 16.5 9H7V11H11.82C11.85 10.97 11.87 10.94 11.9 10.9M11.9 20.1C12.26 20.45 12.65 20.74 13.06 21H5C3.9 21 3 20.11 3 19V5C3 3.9 3.9 3 5 3H9.18C9.5 2.16 10.14 1.5 11 1.2C12.53 .64 14.25 1.44 14.82 3H19C20.11 3 21 3.9 21 5V10.82C20.4 10.24 19.72 9.8 19 9.5V5H17V7H7V5H5V19H11.03C11.27 19.39 11.57 19.76 11.9 20.1M11 4C11 4.55 11.45 5 12 5S13 4.55 13 4 12.55 3 12 3 11 3.45 11 4M23.39 21L22 22.39L18.88 19.32C18.19 19.75 17.37 20 16.5 20C14 20 12 18 12 15.5S14 11 16.5 11 21 13 21 15.5C21 16.38 20.75 17.21 20.31 17.9L23.39 21M19 15.5C19 14.12 17.88 13 16.5 13S14 14.12 14 15.5 15.12 18 16.5 18 19 16.88 19 15.5Z`,ae=`M12,20A8,8 0 0,0 20,12A8,8 0 0,0 12,4A8,8 0 0,0 4,12A8,8 0 0,0 12,20M12,2A10,10 0 0,1 22,12A10,10 0 0,1 12,22C6.47,22 2,17.5 2,12A10,10 0 0,1 12,2M12.5,7V12.25L17,14.92L16.25,16.15L11,13V7H12.5Z`,h=`M19,6.41L17.59,5L12,10.59L6.41,5L5,6.41L10.59,12L5,17.59L6.41,19L12,13.41L17.59,19L19,17.59L13.41,12L19,6.41Z`,oe=`M12,20C7.59,20 4,16.41 4,12C4,7.59 7.59,4 12,4C16.41,4 20,7.59 20,12C20,16.41 16.41,20 12,20M12,2C6.47,2 2,6.47 2,12C2,17.53 6.47,22 12,22C17.53,22 22,17.53 22,12C22,6.47 17.53,2 12,2M14.59,8L12,10.59L9.41,8L8,9.41L10.59,12L8,14.59L9.41,16L12,13.41L14.59,16L16,14.59L13.41,12L16,9.41L14.59,8Z`,se=`M6.5 20Q4.22 20 2.61 18.43 1 16.85 1 14.58 1 12.63 2.17 11.1 3.35 9.57 5.25 9.15 5.88 6.85 7.75 5.43 9.63 4 12 4 14.93 4 16.96 6.04 19 8.07 19 11 20.73 11.2 21.86 12.5 23 13.78 23 15.5 23 17.38 21.69 18.69 20.38 20 18.5 20M6.5 18H18.5Q19.55 18 20.27 17.27 21 16.55 21 15.5 21 14.45 20.27 13.73 19.55 13 18.5 13H17V11Q17 8.93 15.54 7.46 14.08 6 12 6 9.93 6 8.46 7.46 7 8.93 7 11H6.5Q5.05 11 4.03 12.03 3 13.05 3 14.5 3 15.95 4.03 17 5.05 18 6.5 18M12 12Z`,ce=`M12,15.5A3.5,3.5 0 0,1 8.5,12A3.5,3.5 0 0,1 12,8.5A3.5,3.5 0 0,1 15.5,12A3.5,3.5 0 0,1 12,15.5M19.43,12.97C19.47,12.65 19.5,12.33 19.5,12C19.5,11.67 19.47,11.34 19.43,11L21.54,9.37C21.73,9.22 21.78,8.95 21.66,8.73L19.66,5.27C19.54,5.05 19.27,4.96 19.05,5.05L16.56,6.05C16.04,5.66 15.5,5.32 14.87,5.07L14.5,2.42C14.46,2.18 14.25,2 14,2H10C9.75,2 9.54,2.18 9.5,2.42L9.13,5.07C8.5,5.32 7.96,5.66 7.44,6.05L4.95,5.05C4.73,4.96 4.46,5.05 4.34,5.27L2.34,8.73C2.21,8.95 2.27,9.22 2.46,9.37L4.57,11C4.53,11.34 4.5,11.67 4.5,12C4.5,12.33 4.53,12.65 4.57,12.97L2.46,14.63C2.27,14.78 2.21,15.05 2.34,15.27L4.34,18.73C4.46,18.95 4.73,19.03 4.95,18.95L7.44,17.94C7.96,18.34 8.5,18.68 9.13,18.93L9.5,21.58C9.54,21.82 9.75,22 10,22H14C14.25,22 14.46,21.82 14.5,21.58L14.87,18.93C15.5,18.67 16.04,18.34 16.56,17.94L19.05,18.95C19.27,19.03 19.54,18.95 19.66,18.73L21.66,15.27C21.78,15.05 21.73,14.78 21.54,14.63L19.43,12.97Z`,le=`M13.54 22H10C9.75 22 9.54 21.82 9.5 21.58L9.13 18.93C8.5 18.68 7.96 18.34 7.44 17.94L4.95 18.95C4.73 19.03 4.46 18.95 4.34 18.73L2.34 15.27C2.21 15.05 2.27 14.78 2.46 14.63L4.57 12.97L4.5 12L4.57 11L2.46 9.37C2.27 9.22 2.21 8.95 2.34 8.73L4.34 5.27C4.46 5.05 4.73 4.96 4.95 5.05L7.44 6.05C7.96 5.66 8.5 5.32 9.13 5.07L9.5 2.42C9.54 2.18 9.75 2 10 2H14C14.25 2 14.46 2.18 14.5 2.42L14.87 5.07C15.5 5.32 16.04 5.66 16.56 6.05L19.05 5.05C19.27 4.96 19.54 5.05 19.66 5.27L21.66 8.73C21.79 8.95 21.73 9.22 21.54 9.37L19.43 11L19.5 12V12.19C19 12.07 18.5 12 18 12C17.83 12 17.66 12 17.5 12.03C17.5 11.41 17.4 10.79 17.2 10.2L19.31 8.65L18.56 7.35L16.15 8.39C15.38 7.5 14.32 6.86 13.12 6.62L12.75 4H11.25L10.88 6.61C9.68 6.86 8.62 7.5 7.85 8.39L5.44 7.35L4.69 8.65L6.8 10.2C6.4 11.37 6.4 12.64 6.8 13.8L4.68 15.36L5.43 16.66L7.86 15.62C8.63 16.5 9.68 17.14 10.87 17.38L11.24 20H12.35C12.61 20.75 13 21.42 13.54 22M15.96 12.36C16 12.24 16 12.12 16 12C16 9.79 14.21 8 12 8S8 9.79 8 12 9.79 16 12 16C12.12 16 12.24 16 12.36 15.96C12.97 14.29 14.29 12.97 15.96 12.36M12 14C10.9 14 10 13.11 10 12S10.9 10 12 10 14 10.9 14 12 13.11 14 12 14M16 15V21L21 18L16 15Z`,ue=`M9,22A1,1 0 0,1 8,21V18H4A2,2 0 0,1 2,16V4C2,2.89 2.9,2 4,2H20A2,2 0 0,1 22,4V16A2,2 0 0,1 20,18H13.9L10.2,21.71C10,21.9 9.75,22 9.5,22V22H9M10,16V19.08L13.08,16H20V4H4V16H10Z`,de=`M16,12A2,2 0 0,1 18,10A2,2 0 0,1 20,12A2,2 0 0,1 18,14A2,2 0 0,1 16,12M10,12A2,2 0 0,1 12,10A2,2 0 0,1 14,12A2,2 0 0,1 12,14A2,2 0 0,1 10,12M4,12A2,2 0 0,1 6,10A2,2 0 0,1 8,12A2,2 0 0,1 6,14A2,2 0 0,1 4,12Z`,fe=`M5,20H19V18H5M19,9H15V3H9V9H5L12,16L19,9Z`,pe=`M2,5.27L3.28,4L20,20.72L18.73,22L15.65,18.92C14.5,19.3 13.28,19.5 12,19.5C7,19.5 2.73,16.39 1,12C1.69,10.24 2.79,8.69 4.19,7.46L2,5.27M12,9A3,3 0 0,1 15,12C15,12.35 14.94,12.69 14.83,13L11,9.17C11.31,9.06 11.65,9 12,9M12,4.5C17,4.5 21.27,7.61 23,12C22.18,14.08 20.79,15.88 19,17.19L17.58,15.76C18.94,14.82 20.06,13.54 20.82,12C19.17,8.64 15.76,6.5 12,6.5C10.91,6.5 9.84,6.68 8.84,7L7.3,5.47C8.74,4.85 10.33,4.5 12,4.5M3.18,12C4.83,15.36 8.24,17.5 12,17.5C12.69,17.5 13.37,17.43 14,17.29L11.72,15C10.29,14.85 9.15,13.71 9,12.28L5.6,8.87C4.61,9.72 3.78,10.78 3.18,12Z`,me=`M14 2H6C4.9 2 4 2.9 4 4V20C4 21.1 4.9 22 6 22H18C19.1 22 20 21.1 20 20V8L14 2M18 20H6V4H13V9H18V20M9 13V19H7V13H9M15 15V19H17V15H15M11 11V19H13V11H11Z`,he=`M14 2H6C4.89 2 4 2.9 4 4V20C4 21.11 4.89 22 6 22H18C19.11 22 20 21.11 20 20V8L14 2M18 20H6V4H13V9H18V20M15 13C15 14.89 12.75 15.07 12.75 16.76H11.25C11.25 14.32 13.5 14.5 13.5 13C13.5 12.18 12.83 11.5 12 11.5S10.5 12.18 10.5 13H9C9 11.35 10.34 10 12 10S15 11.35 15 13M12.75 17.5V19H11.25V17.5H12.75Z`,ge=`M11,18H13V16H11V18M12,2A10,10 0 0,0 2,12A10,10 0 0,0 12,22A10,10 0 0,0 22,12A10,10 0 0,0 12,2M12,20C7.59,20 4,16.41 4,12C4,7.59 7.59,4 12,4C16.41,4 20,7.59 20,12C20,16.41 16.41,20 12,20M12,6A4,4 0 0,0 8,10H10A2,2 0 0,1 12,8A2,2 0 0,1 14,10C14,12 11,11.75 11,15H13C13,12.75 16,12.5 16,10A4,4 0 0,0 12,6Z`,_e=`M12 5.69L17 10.19V18H15V12H9V18H7V10.19L12 5.69M12 3L2 12H5V20H11V14H13V20H19V12H22`,ve=`M19,15H15A3,3 0 0,1 12,18A3,3 0 0,1 9,15H5V5H19M19,3H5C3.89,3 3,3.9 3,5V19A2,2 0 0,0 5,21H19A2,2 0 0,0 21,19V5A2,2 0 0,0 19,3Z`,ye=`M13,9H11V7H13M13,17H11V11H13M12,2A10,10 0 0,0 2,12A10,10 0 0,0 12,22A10,10 0 0,0 22,12A10,10 0 0,0 12,2Z`,be=`M4,1C2.89,1 2,1.89 2,3V7C2,8.11 2.89,9 4,9H1V11H13V9H10C11.11,9 12,8.11 12,7V3C12,1.89 11.11,1 10,1H4M4,3H10V7H4V3M3,13V18L3,20H10V18H5V13H3M14,13C12.89,13 12,13.89 12,15V19C12,20.11 12.89,21 14,21H11V23H23V21H20C21.11,21 22,20.11 22,19V15C22,13.89 21.11,13 20,13H14M14,15H20V19H14V15Z`,xe=`M4,1C2.89,1 2,1.89 2,3V7C2,8.11 2.89,9 4,9H1V11H13V9H10C11.11,9 12,8.11 12,7V3C12,1.89 11.11,1 10,1H4M4,3H10V7H4V3M14,13C12.89,13 12,13.89 12,15V19C12,20.11 12.89,21 14,21H11V23H23V21H20C21.11,21 22,20.11 22,19V15C22,13.89 21.11,13 20,13H14M3.88,13.46L2.46,14.88L4.59,17L2.46,19.12L3.88,20.54L6,18.41L8.12,20.54L9.54,19.12L7.41,17L9.54,14.88L8.12,13.46L6,15.59L3.88,13.46M14,15H20V19H14V15Z`,Se=`M11 15H6L13 1V9H18L11 23V15Z`,Ce=`M10.59,13.41C11,13.8 11,14.44 10.59,14.83C10.2,15.22 9.56,15.22 9.17,14.83C7.22,12.88 7.22,9.71 9.17,7.76V7.76L12.71,4.22C14.66,2.27 17.83,2.27 19.78,4.22C21.73,6.17 21.73,9.34 19.78,11.29L18.29,12.78C18.3,11.96 18.17,11.14 17.89,10.36L18.36,9.88C19.54,8.71 19.54,6.81 18.36,5.64C17.19,4.46 15.29,4.46 14.12,5.64L10.59,9.17C9.41,10.34 9.41,12.24 10.59,13.41M13.41,9.17C13.8,8.78 14.44,8.78 14.83,9.17C16.78,11.12 16.78,14.29 14.83,16.24V16.24L11.29,19.78C9.34,21.73 6.17,21.73 4.22,19.78C2.27,17.83 2.27,14.66 4.22,12.71L5.71,11.22C5.7,12.04 5.83,12.86 6.11,13.65L5.64,14.12C4.46,15.29 4.46,17.19 5.64,18.36C6.81,19.54 8.71,19.54 9.88,18.36L13.41,14.83C14.59,13.66 14.59,11.76 13.41,10.59C13,10.2 13,9.56 13.41,9.17Z`,we=`M9.5,3A6.5,6.5 0 0,1 16,9.5C16,11.11 15.41,12.59 14.44,13.73L14.71,14H15.5L20.5,19L19,20.5L14,15.5V14.71L13.73,14.44C12.59,15.41 11.11,16 9.5,16A6.5,6.5 0 0,1 3,9.5A6.5,6.5 0 0,1 9.5,3M9.5,5C7,5 5,7 5,9.5C5,12 7,14 9.5,14C12,14 14,12 14,9.5C14,7 12,5 9.5,5Z`,Te=`M3,6H21V8H3V6M3,11H21V13H3V11M3,16H21V18H3V16Z`,Ee=`M14,3V5H17.59L7.76,14.83L9.17,16.24L19,6.41V10H21V3M19,19H5V5H12V3H5C3.89,3 3,3.9 3,5V19A2,2 0 0,0 5,21H19A2,2 0 0,0 21,19V12H19V19Z`,De=`M20.54,5.23C20.83,5.57 21,6 21,6.5V19A2,2 0 0,1 19,21H5A2,2 0 0,1 3,19V6.5C3,6 3.17,5.57 3.46,5.23L4.84,3.55C5.12,3.21 5.53,3 6,3H18C18.47,3 18.88,3.21 19.15,3.55L20.54,5.23M5.12,5H18.87L17.93,4H5.93L5.12,5M12,9.5L6.5,15H10V17H14V15H17.5L12,9.5Z`,Oe=`M12 2C11.8 2 11.6 2.1 11.4 2.2L3.5 6.6C3.2 6.8 3 7.1 3 7.5V16.5C3 16.9 3.2 17.2 3.5 17.4L11.4 21.8C11.6 21.9 11.8 22 12 22S12.4 21.9 12.6 21.8L13.5 21.3C13.2 20.7 13.1 20 13 19.3V12.6L19 9.2V13C19.7 13 20.4 13.1 21 13.3V7.5C21 7.1 20.8 6.8 20.5 6.6L12.6 2.2C12.4 2.1 12.2 2 12 2M12 4.2L18 7.5L16 8.6L10.1 5.2L12 4.2M8.1 6.3L14 9.8L12 10.9L6 7.5L8.1 6.3M5 9.2L11 12.6V19.3L5 15.9V9.2M21.3 15.8L17.7 19.4L16.1 17.8L15 19L17.8 22L22.6 17.2L21.3 15.8Z`,ke=`M20.71,7.04C21.1,6.65 21.1,6 20.71,5.63L18.37,3.29C18,2.9 17.35,2.9 16.96,3.29L15.12,5.12L18.87,8.87M3,17.25V21H6.75L17.81,9.93L14.06,6.18L3,17.25Z`,Ae=`M8,5.14V19.14L19,12.14L8,5.14Z`,je=`M19,13H13V19H11V13H5V11H11V5H13V11H19V13Z`,Me=`M22.11 21.46L2.39 1.73L1.11 3L6.25 8.14C6.1 8.41 6 8.7 6 9V14.5L9.5 18V21H14.5V18L15.31 17.2L20.84 22.73L22.11 21.46M13.09 16.59L12.67 17H11.33L10.92 16.59L8 13.67V9.89L13.89 15.78L13.09 16.59M12.2 9L10.2 7H14V3H16V7C17 7 18 8 18 9V14.5L17.85 14.65L16 12.8V9.09C16 9.06 15.95 9 15.92 9H12.2M10 6.8L8 4.8V3H10V6.8Z`,Ne=`M17.65,6.35C16.2,4.9 14.21,4 12,4A8,8 0 0,0 4,12A8,8 0 0,0 12,20C15.73,20 18.84,17.45 19.73,14H17.65C16.83,16.33 14.61,18 12,18A6,6 0 0,1 6,12A6,6 0 0,1 12,6C13.66,6 15.14,6.69 16.22,7.78L13,11H20V4L17.65,6.35Z`,Pe=`M13,19H14A1,1 0 0,1 15,20H22V22H15A1,1 0 0,1 14,23H10A1,1 0 0,1 9,22H2V20H9A1,1 0 0,1 10,19H11V17H4A1,1 0 0,1 3,16V12A1,1 0 0,1 4,11H20A1,1 0 0,1 21,12V16A1,1 0 0,1 20,17H13V19M4,3H20A1,1 0 0,1 21,4V8A1,1 0 0,1 20,9H4A1,1 0 0,1 3,8V4A1,1 0 0,1 4,3M9,7H10V5H9V7M9,15H10V13H9V15M5,5V7H7V5H5M5,13V15H7V13H5Z`,Fe=`M4,1H20A1,1 0 0,1 21,2V6A1,1 0 0,1 20,7H8.82L6.82,5H7V3H5V3.18L3.21,1.39C3.39,1.15 3.68,1 4,1M22,22.72L20.73,24L19.73,23H4A1,1 0 0,1 3,22V18A1,1 0 0,1 4,17H13.73L11.73,15H4A1,1 0 0,1 3,14V10A1,1 0 0,1 4,9H5.73L3.68,6.95C3.38,6.85 3.15,6.62 3.05,6.32L1,4.27L2.28,3L22,22.72M20,9A1,1 0 0,1 21,10V14A1,1 0 0,1 20,15H16.82L10.82,9H20M20,17A1,1 0 0,1 21,18V19.18L18.82,17H20M9,5H10V3H9V5M9,13H9.73L9,12.27V13M9,21H10V19H9V21M5,11V13H7V11H5M5,19V21H7V19H5Z`,Ie=`M21,11C21,16.55 17.16,21.74 12,23C6.84,21.74 3,16.55 3,11V5L12,1L21,5V11M12,21C15.75,20 19,15.54 19,11.22V6.3L12,3.18L5,6.3V11.22C5,15.54 8.25,20 12,21M11,7H13V13H11V7M11,15H13V17H11V15Z`,Le=`M21,11C21,16.55 17.16,21.74 12,23C6.84,21.74 3,16.55 3,11V5L12,1L21,5V11M12,21C15.75,20 19,15.54 19,11.22V6.3L12,3.18L5,6.3V11.22C5,15.54 8.25,20 12,21M10,17L6,13L7.41,11.59L10,14.17L16.59,7.58L18,9`,Re=`M21,11C21,16.55 17.16,21.74 12,23C6.84,21.74 3,16.55 3,11V5L12,1L21,5V11M12,21C15.75,20 19,15.54 19,11.22V6.3L12,3.18L5,6.3V11.22C5,15.54 8.25,20 12,21M14.8,11V9.5C14.8,8.1 13.4,7 12,7C10.6,7 9.2,8.1 9.2,9.5V11C8.6,11 8,11.6 8,12.2V15.7C8,16.4 8.6,17 9.2,17H14.7C15.4,17 16,16.4 16,15.8V12.3C16,11.6 15.4,11 14.8,11M13.5,11H10.5V9.5C10.5,8.7 11.2,8.2 12,8.2C12.8,8.2 13.5,8.7 13.5,9.5V11Z`,ze=`M15 6H22V9H18V13H14V17H10V21H3V18H7V14H11V10H15V6M10.17 6.66L4.66 12.17L2.83 10.34L8.34 4.83L6.5 3H12V8.5L10.17 6.66Z`,Be=`M20 8H17V6C17 4.9 16.1 4 15 4H9C7.9 4 7 4.9 7 6V8H4C2.9 8 2 8.9 2 10V20H22V10C22 8.9 21.1 8 20 8M9 6H15V8H9V6M20 18H4V15H6V16H8V15H16V16H18V15H20V18M18 13V12H16V13H8V12H6V13H4V10H20V13H18Z`,Ve=`M12.5,8C9.85,8 7.45,9 5.6,10.6L2,7V16H11L7.38,12.38C8.77,11.22 10.54,10.5 12.5,10.5C16.04,10.5 19.05,12.81 20.1,16L22.47,15.22C21.08,11.03 17.15,8 12.5,8Z`,He=globalThis,Ue=He.ShadowRoot&&(He.ShadyCSS===void 0||He.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,We=Symbol(),Ge=new WeakMap,Ke=class{constructor(e,t,n){if(this._$cssResult$=!0,n!==We)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(Ue&&e===void 0){let n=t!==void 0&&t.length===1;n&&(e=Ge.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),n&&Ge.set(t,e))}return e}toString(){return this.cssText}},qe=e=>new Ke(typeof e==`string`?e:e+``,void 0,We),g=(e,...t)=>new Ke(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,We),Je=(e,t)=>{if(Ue)e.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let n of t){let t=document.createElement(`style`),r=He.litNonce;r!==void 0&&t.setAttribute(`nonce`,r),t.textContent=n.cssText,e.appendChild(t)}},Ye=Ue?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return qe(t)})(e):e,{is:Xe,defineProperty:Ze,getOwnPropertyDescriptor:Qe,getOwnPropertyNames:$e,getOwnPropertySymbols:et,getPrototypeOf:tt}=Object,nt=globalThis,rt=nt.trustedTypes,it=rt?rt.emptyScript:``,at=nt.reactiveElementPolyfillSupport,ot=(e,t)=>e,st={toAttribute(e,t){switch(t){case Boolean:e=e?it:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},ct=(e,t)=>!Xe(e,t),lt={attribute:!0,type:String,converter:st,reflect:!1,useDefault:!1,hasChanged:ct};Symbol.metadata??=Symbol(`metadata`),nt.litPropertyMetadata??=new WeakMap;var _=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=lt){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&Ze(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=Qe(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??lt}static _$Ei(){if(this.hasOwnProperty(ot(`elementProperties`)))return;let e=tt(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(ot(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(ot(`properties`))){let e=this.properties,t=[...$e(e),...et(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(Ye(e))}else e!==void 0&&t.push(Ye(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Je(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?st:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?st:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??ct)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};_.elementStyles=[],_.shadowRootOptions={mode:`open`},_[ot(`elementProperties`)]=new Map,_[ot(`finalized`)]=new Map,at?.({ReactiveElement:_}),(nt.reactiveElementVersions??=[]).push(`2.1.2`);var ut=globalThis,dt=e=>e,ft=ut.trustedTypes,pt=ft?ft.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,mt=`$lit$`,v=`lit$${Math.random().toFixed(9).slice(2)}$`,ht=`?`+v,gt=`<${ht}>`,y=document,b=()=>y.createComment(``),x=e=>e===null||typeof e!=`object`&&typeof e!=`function`,_t=Array.isArray,vt=e=>_t(e)||typeof e?.[Symbol.iterator]==`function`,yt=`[ 	
\f\r]`,S=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,bt=/-->/g,xt=/>/g,C=RegExp(`>|${yt}(?:([^\\s"'>=/]+)(${yt}*=${yt}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),St=/'/g,Ct=/"/g,wt=/^(?:script|style|textarea|title)$/i,Tt=e=>(t,...n)=>({_$litType$:e,strings:t,values:n}),w=Tt(1),Et=Tt(2),T=Symbol.for(`lit-noChange`),E=Symbol.for(`lit-nothing`),Dt=new WeakMap,D=y.createTreeWalker(y,129);function Ot(e,t){if(!_t(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return pt===void 0?t:pt.createHTML(t)}var kt=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=S;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===S?c[1]===`!--`?o=bt:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=C):(wt.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=C):o=xt:o===C?c[0]===`>`?(o=i??S,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?C:c[3]===`"`?Ct:St):o===Ct||o===St?o=C:o===bt||o===xt?o=S:(o=C,i=void 0);let d=o===C&&e[t+1].startsWith(`/>`)?` `:``;a+=o===S?n+gt:l>=0?(r.push(s),n.slice(0,l)+mt+n.slice(l)+v+d):n+v+(l===-2?t:d)}return[Ot(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},At=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=kt(t,n);if(this.el=e.createElement(l,r),D.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=D.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(mt)){let t=u[o++],n=i.getAttribute(e).split(v),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?Nt:r[1]===`?`?Pt:r[1]===`@`?Ft:k}),i.removeAttribute(e)}else e.startsWith(v)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(wt.test(i.tagName)){let e=i.textContent.split(v),t=e.length-1;if(t>0){i.textContent=ft?ft.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],b()),D.nextNode(),c.push({type:2,index:++a});i.append(e[t],b())}}}else if(i.nodeType===8){if(i.data===ht)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(v,e+1))!==-1;)c.push({type:7,index:a}),e+=v.length-1}}a++}}static createElement(e,t){let n=y.createElement(`template`);return n.innerHTML=e,n}};function O(e,t,n=e,r){if(t===T)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=x(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=O(e,i._$AS(e,t.values),i,r)),t}var jt=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??y).importNode(t,!0);D.currentNode=r;let i=D.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new Mt(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new It(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=D.nextNode(),a++)}return D.currentNode=y,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},Mt=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=E,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=O(this,e,t),x(e)?e===E||e==null||e===``?(this._$AH!==E&&this._$AR(),this._$AH=E):e!==this._$AH&&e!==T&&this._(e):e._$litType$===void 0?e.nodeType===void 0?vt(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==E&&x(this._$AH)?this._$AA.nextSibling.data=e:this.T(y.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=At.createElement(Ot(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new jt(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=Dt.get(e.strings);return t===void 0&&Dt.set(e.strings,t=new At(e)),t}k(t){_t(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(b()),this.O(b()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=dt(e).nextSibling;dt(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},k=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=E,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=E}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=O(this,e,t,0),a=!x(e)||e!==this._$AH&&e!==T,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=O(this,r[n+o],t,o),s===T&&(s=this._$AH[o]),a||=!x(s)||s!==this._$AH[o],s===E?e=E:e!==E&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===E?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},Nt=class extends k{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===E?void 0:e}},Pt=class extends k{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==E)}},Ft=class extends k{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=O(this,e,t,0)??E)===T)return;let n=this._$AH,r=e===E&&n!==E||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==E&&(n===E||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},It=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){O(this,e)}},Lt={M:mt,P:v,A:ht,C:1,L:kt,R:jt,D:vt,V:O,I:Mt,H:k,N:Pt,U:Ft,B:Nt,F:It},Rt=ut.litHtmlPolyfillSupport;Rt?.(At,Mt),(ut.litHtmlVersions??=[]).push(`3.3.3`);var zt=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new Mt(t.insertBefore(b(),e),e,void 0,n??{})}return i._$AI(e),i},Bt=globalThis,A=class extends _{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=zt(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return T}};A._$litElement$=!0,A.finalized=!0,Bt.litElementHydrateSupport?.({LitElement:A});var Vt=Bt.litElementPolyfillSupport;Vt?.({LitElement:A}),(Bt.litElementVersions??=[]).push(`4.2.2`);var j=e=>(t,n)=>{n===void 0?customElements.define(e,t):n.addInitializer(()=>{customElements.define(e,t)})},Ht={attribute:!0,type:String,converter:st,reflect:!1,hasChanged:ct},Ut=(e=Ht,t,n)=>{let{kind:r,metadata:i}=n,a=globalThis.litPropertyMetadata.get(i);if(a===void 0&&globalThis.litPropertyMetadata.set(i,a=new Map),r===`setter`&&((e=Object.create(e)).wrapped=!0),a.set(n.name,e),r===`accessor`){let{name:r}=n;return{set(n){let i=t.get.call(this);t.set.call(this,n),this.requestUpdate(r,i,e,!0,n)},init(t){return t!==void 0&&this.C(r,void 0,e,t),t}}}if(r===`setter`){let{name:r}=n;return function(n){let i=this[r];t.call(this,n),this.requestUpdate(r,i,e,!0,n)}}throw Error(`Unsupported decorator location: `+r)};function M(e){return(t,n)=>typeof n==`object`?Ut(e,t,n):((e,t,n)=>{let r=t.hasOwnProperty(n);return t.constructor.createProperty(n,e),r?Object.getOwnPropertyDescriptor(t,n):void 0})(e,t,n)}function N(e){return M({...e,state:!0,attribute:!1})}var Wt=(e,t,n)=>(n.configurable=!0,n.enumerable=!0,Reflect.decorate&&typeof t!=`object`&&Object.defineProperty(e,t,n),n);function P(e,t){return(n,r,i)=>{let a=t=>t.renderRoot?.querySelector(e)??null;if(t){let{get:e,set:t}=typeof r==`object`?n:i??(()=>{let e=Symbol();return{get(){return this[e]},set(t){this[e]=t}}})();return Wt(n,r,{get(){let n=e.call(this);return n===void 0&&(n=a(this),(n!==null||this.hasUpdated)&&t.call(this,n)),n}})}return Wt(n,r,{get(){return a(this)}})}}function Gt(e,t){if(t.kind===`state`)return t;if(!e)return;if(t.kind===`connection`)return{...e,connected:t.connected};let n={...e.rows[t.row_kind]};return t.row===null?delete n[t.id]:n[t.id]=t.row,{...e,rows:{...e.rows,[t.row_kind]:n}}}var Kt=class{constructor(e,t){this.host=e,this.kinds=t,this.error=``,this.number=0,e.addController(this)}follow(e,t){!e||this.hass?.connection===e.connection&&this.entry===t&&this.stop||(this.end(),this.hass=e,this.entry=t,this.begin())}put(e,t,n){this.receive({kind:`row`,row_kind:e,id:t,row:n})}rows(e){return Object.values(this.state?.rows[e]??{})}row(e,t){return t?this.state?.rows[e]?.[t]:void 0}hostConnected(){this.hass&&!this.stop&&this.begin()}hostDisconnected(){this.end()}begin(){if(!this.hass)return;this.error=``;let e=++this.number,t={type:`homelab_steward/subscribe`,kinds:this.kinds,...this.entry?{entry_id:this.entry}:{}},n=this.hass.connection.subscribeMessage(t=>{e===this.number&&this.receive(t)},t);this.stop=n,n.catch(t=>{e===this.number&&(this.error=t.message??String(t),this.host.requestUpdate())})}end(){this.number+=1,this.stop?.then(e=>e(),()=>void 0),this.stop=void 0}receive(e){this.state=Gt(this.state,e),this.host.requestUpdate()}};function qt(e,t=!1){t?history.replaceState(null,``,e):history.pushState(null,``,e),window.dispatchEvent(new CustomEvent(`location-changed`,{detail:{replace:t}}))}function Jt(e){if(e.defaultPrevented||e.button!==0||e.metaKey||e.ctrlKey||e.shiftKey)return;let t=e.composedPath().find(e=>e instanceof HTMLAnchorElement);!t||t.target||t.origin!==location.origin||t.hasAttribute(`download`)||(e.preventDefault(),qt(t.pathname+t.search))}function F(e,t=``,n=``){return t?w`<svg viewBox="0 0 24 24" class=${n} role="img" aria-label=${t}>${Et`<path d=${e} />`}</svg>`:w`<svg viewBox="0 0 24 24" class=${n} aria-hidden="true">${Et`<path d=${e} />`}</svg>`}var Yt={info:{tone:`info`,path:ye},warning:{tone:`warning`,path:r},critical:{tone:`bad`,path:i}};function Xt(e,t,n=!1){let{tone:r,path:i}=n?{tone:`good`,path:te}:Yt[e];return w`<span class="tone ${r}">${F(i,t(`severity.${e}`))}</span>`}var Zt={open:`warning`,diagnosed:`warning`,waiting:`info`,scheduled:`info`,acting:`info`,unsolved:`bad`,ignored:`neutral`,resolved:`good`};function Qt(e,t){return w`<span class="chip ${Zt[e]}"><span class="dot"></span>${t(`status.${e}`)}</span>`}var $t={low:`good`,medium:`warning`,high:`bad`};function en(e,t){return w`<span class="chip ${$t[e]}"><span class="dot"></span>${t(`risk.${e}`)}</span>`}function I(e){return w`<summary>${F(`M8.59,16.58L13.17,12L8.59,7.41L10,6L16,12L10,18L8.59,16.58Z`,``,`turn`)}${e}</summary>`}function tn(e){return w`
    <div class="page" role="status">
      <span class="hidden">${e(`state.loading`)}</span>
      ${[1,2,3].map(()=>w`<div class="card content wait" aria-hidden="true"><i></i><i></i><i></i></div>`)}
    </div>
  `}function nn(e,t,n,r=E){return w`
    <div class="page">
      <div class="notice">
        ${F(e)}
        <h2 class="title">${t}</h2>
        <p class="quiet">${n}</p>
        ${r}
      </div>
    </div>
  `}var rn=g`
  .notice {
    min-height: 50vh;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    text-align: center;
    gap: 12px;
  }
  .notice > svg {
    width: 56px;
    height: 56px;
    color: var(--secondary-text-color);
  }
  .notice p {
    max-width: 46ch;
  }
  .wait i {
    display: block;
    height: 14px;
    border-radius: 7px;
    background: var(--divider-color);
    animation: pulse 1.4s ease-in-out infinite;
  }
  .wait i:nth-child(1) {
    width: 60%;
  }
  .wait i:nth-child(3) {
    width: 35%;
  }
  @keyframes pulse {
    50% {
      opacity: 0.4;
    }
  }
`,L=g`
  :host {
    display: block;
    color: var(--primary-text-color);
    font-family: var(--ha-font-family-body, Roboto, sans-serif);
    font-size: var(--ha-font-size-m, 14px);
    line-height: var(--ha-line-height-normal, 1.5);
    /* The theme's own color has too little contrast for small texts. */
    --link: color-mix(in srgb, var(--primary-color) 72%, var(--primary-text-color));
    --filled: color-mix(in srgb, var(--primary-color) 80%, #000);
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  a {
    color: var(--link);
    text-decoration: none;
  }
  a:hover {
    text-decoration: underline;
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  .page {
    max-width: 1040px;
    margin: 0 auto;
    padding: 16px;
    display: flex;
    flex-direction: column;
    gap: 16px;
  }
  .card {
    background: var(--ha-card-background, var(--card-background-color, #fff));
    border: var(--ha-card-border-width, 1px) solid var(--ha-card-border-color, var(--divider-color, #e0e0e0));
    border-radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
    box-shadow: var(--ha-card-box-shadow, none);
    overflow: hidden;
  }
  .content {
    padding: 16px;
    display: flex;
    flex-direction: column;
    gap: 12px;
  }
  .title {
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.35;
    overflow-wrap: anywhere;
  }
  .heading {
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    margin: 8px 0 -4px;
  }
  .quiet {
    color: var(--secondary-text-color);
  }
  .quiet a,
  .markdown a {
    text-decoration: underline;
  }
  a.chip {
    color: inherit;
  }
  .small {
    font-size: var(--ha-font-size-s, 12px);
  }
  .text {
    overflow-wrap: anywhere;
    white-space: pre-line;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .wrap {
    flex-wrap: wrap;
  }
  .grow {
    flex: 1;
    min-width: 0;
  }
  .grid {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr));
    gap: 16px;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    padding: 1px 8px;
    border-radius: 12px;
    background: var(--secondary-background-color);
    font-size: var(--ha-font-size-s, 12px);
    line-height: 20px;
    white-space: nowrap;
  }
  .chip.wraps {
    white-space: normal;
  }
  .chip svg {
    width: 14px;
    height: 14px;
  }
  svg {
    width: 24px;
    height: 24px;
    fill: currentColor;
    flex: none;
  }
  .info {
    --tone: var(--info-color, #039be5);
  }
  .error {
    color: color-mix(in srgb, var(--error-color, #db4437) 78%, var(--primary-text-color));
  }
  .good {
    --tone: var(--success-color, #43a047);
  }
  .warning {
    --tone: var(--warning-color, #ffa600);
  }
  .bad {
    --tone: var(--error-color, #db4437);
  }
  .neutral {
    --tone: var(--secondary-text-color, #727272);
  }
  .tone svg {
    color: var(--tone);
  }
  .dot {
    width: 10px;
    height: 10px;
    border-radius: 50%;
    background: var(--tone);
    flex: none;
  }
  button,
  .button {
    font: inherit;
    font-weight: var(--ha-font-weight-medium, 500);
    min-height: 40px;
    padding: 6px 16px;
    border-radius: var(--ha-border-radius-pill, 20px);
    border: 1px solid var(--outline-color, var(--divider-color, #ccc));
    background: transparent;
    color: var(--primary-text-color);
    cursor: pointer;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    text-align: start;
  }
  button svg {
    width: 20px;
    height: 20px;
  }
  button:hover:not(:disabled),
  .button:hover {
    background: var(--secondary-background-color);
    text-decoration: none;
  }
  button:disabled {
    opacity: 0.6;
    cursor: default;
  }
  button.primary {
    background: var(--filled);
    border-color: var(--filled);
    color: #fff;
  }
  button.danger {
    --filled: color-mix(in srgb, var(--error-color, #db4437) 84%, #000);
    background: var(--filled);
    border-color: var(--filled);
    color: #fff;
  }
  button.primary:hover:not(:disabled),
  button.danger:hover:not(:disabled) {
    background: color-mix(in srgb, var(--filled) 88%, #000);
  }
  button.plain {
    border-color: transparent;
    color: var(--link);
    padding: 6px 8px;
  }
  button.icon {
    border-color: transparent;
    padding: 8px;
    min-width: 40px;
    color: inherit;
  }
  input,
  select,
  textarea {
    font: inherit;
    min-height: 40px;
    padding: 8px 12px;
    border-radius: 8px;
    border: 1px solid var(--outline-color, var(--divider-color, #ccc));
    background: var(--card-background-color, #fff);
    color: var(--primary-text-color);
    max-width: 100%;
  }
  input[type="checkbox"] {
    min-height: 0;
    width: 20px;
    height: 20px;
    margin: 0;
    accent-color: var(--primary-color);
    flex: none;
  }
  label {
    display: inline-flex;
    align-items: center;
    gap: 8px;
  }
  details > summary {
    cursor: pointer;
    min-height: 40px;
    display: flex;
    align-items: center;
    gap: 8px;
    color: var(--link);
    font-weight: var(--ha-font-weight-medium, 500);
    list-style: none;
  }
  details > summary::-webkit-details-marker {
    display: none;
  }
  details > summary .turn {
    transition: transform 0.15s;
    width: 20px;
    height: 20px;
  }
  details[open] > summary .turn {
    transform: rotate(90deg);
  }
  pre {
    margin: 0;
    padding: 12px;
    border-radius: 8px;
    background: var(--code-editor-background-color, var(--secondary-background-color));
    font-family: var(--ha-font-family-code, monospace);
    font-size: 12px;
    line-height: 1.5;
    overflow-x: auto;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    max-height: 320px;
    overflow-y: auto;
  }
  table {
    border-collapse: collapse;
    width: 100%;
  }
  th {
    text-align: start;
    font-weight: var(--ha-font-weight-medium, 500);
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
  }
  th,
  td {
    padding: 8px 12px;
    border-bottom: 1px solid var(--divider-color);
    vertical-align: top;
    overflow-wrap: anywhere;
  }
  tr:last-child > td {
    border-bottom: none;
  }
  a.item:hover .quiet {
    color: inherit;
  }
  .list {
    list-style: none;
  }
  .list > li + li {
    border-top: 1px solid var(--divider-color);
  }
  .item {
    display: flex;
    align-items: center;
    gap: 16px;
    padding: 12px 16px;
    color: inherit;
    min-height: 56px;
  }
  a.item:hover {
    background: color-mix(in srgb, var(--primary-text-color) 4%, transparent);
    text-decoration: none;
  }
  [aria-live]:empty {
    display: none;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none !important;
      animation: none !important;
    }
  }
`,an={action:{cancel:`Cancel`,more:`Show more`,remove:`Remove`},audit:{any_event:`All events`,broken:`The log was changed at entry {position}: {reason}`,digest:`Digest: {digest}`,event:`Kind of event`,event_action:`Requested actions`,event_approval:`Approvals`,event_incident:`Incidents`,event_press:`Refused presses`,event_run:`Runs`,event_store:`Database`,export:`Export`,intact:{one:`{count} entry, unchanged. Last digest:`,other:`{count} entries, unchanged. Last digest:`},none:`No entry matches`,search:`Search the log`,text:`Every request, decision and step is recorded. Each entry contains the digest of the one before, so a later change is noticed.`,verify:`Verify`,verifying:`Verifying all entries`},autonomy:{ask:`Ask first`,auto:`Act and report`,empty:`The steward asks before each change`,empty_text:`No run of a runbook has been judged yet. A run is judged when enough time has passed without a relapse.`,evidence:`evidence {evidence}, for the undo {undo}`,harm:{one:`{harmed} of {count} automatic run did lasting harm: at most {percent} % (95 %)`,other:`{harmed} of {count} automatic runs did lasting harm: at most {percent} % (95 %)`},highest:`This is the highest level.`,ladder:`Autonomy levels`,lower:`Lower to: {level}`,missing:`For the next level it lacks:`,no_automatic:`No automatic run yet`,observe:`Only report`,others:{one:`{count} other runbook asks first: none of its runs has been judged.`,other:`{count} other runbooks ask first: none of their runs has been judged.`},owner_only:`Only an owner may raise it again.`,raise:`Ask for: {level}`,ready:`Nothing is missing for the next level.`,requested:`A request waits in the inbox.`,runs:`Runs: {good} good, {bad} bad, {unknown} not known`,saved:`The level is changed.`,since:`since {when}`,text:`What the steward may do without you, for each recipe and kind of target. A level rises only with evidence, and only after a person approved it.`,veto:`Act unless somebody objects`,worse:{one:`{count} made things worse and was undone`,other:`{count} made things worse and were undone`}},card:{dashboard_text:`What waits for you, and all services by category`,inbox:`Homelab Steward: Inbox`,inbox_text:`Requests that wait for your decision`,service:`Homelab Steward: Service`,service_text:`State and open incidents of a service`},change:{age:`Age of the new version`,ask:`Ask now`,breaking:`Breaking changes`,count:{one:`{count} update`,other:`{count} updates`},days:{one:`{count} day`,other:`{count} days`},decide:`Decide`,defer:`Defer`,defer_for:`For how long`,did_ask_change:`It was asked about.`,did_defer_change:`It was deferred.`,did_offer_change:`It is offered again.`,did_reject_change:`This version was rejected.`,distance_digest:`Rebuilt`,distance_major:`Major`,distance_minor:`Minor`,distance_patch:`Patch`,distance_unknown:`Distance not known`,empty:`No updates`,empty_text:`Updates that are found appear here, with what is known about them.`,filter:`Which updates`,filter_all:`All`,filter_blocked:`Blocked or rejected`,filter_done:`Done`,filter_held:`Held`,filter_running:`Running`,filter_waiting:`Waiting`,found:`Found`,group:`Group`,history:`Other versions of it`,incident:`What was done`,judgement:`Judgement`,kept:`Copies`,level_breaking:`Breaking`,level_careful:`Careful`,level_safe:`Safe`,level_unknown:`Not known`,matches:`What concerns your homelab`,none:`No update is in this state.`,not_judged:`It was not judged yet.`,not_there:`This update does not exist any more`,notes:`Release notes, as their makers wrote them`,offer:`Offer again`,packages:`Versions`,page:`Its page`,reject:`Reject this version`,security:`Security fixes`,source_home_assistant:`Home Assistant`,source_image:`Image`,source_pull_request:`Pull request`,source_service:`The service itself`,stable:`The version before ran`,status_applying:`Being applied`,status_asked:`Waits for a decision`,status_blocked:`Blocked: it failed here`,status_deferred:`Deferred`,status_done:`Done`,status_failed:`Failed`,status_gone:`Not offered any more`,status_held:`Held`,status_ready:`Ready`,status_rejected:`Rejected`,status_watching:`Being watched`,status_went_back:`Went back`,unknown_version:`not known`,until:`Until`,wave:`Of the same group, in this order`,way_back:`Way back`,way_back_backup:`A person can restore a backup`,way_back_data:`It can be taken back with its data`,way_back_image:`The version before can be installed again, without its data`,way_back_none:`It cannot be taken back`,way_back_revert:`A pull request takes it back`,way_back_snapshot:`It can be taken back to a snapshot, after you are asked`},channel:{assist:`Assist`,command_line:`Command line`,home_assistant:`Home Assistant`,mcp:`MCP`,panel:`Panel`,steward:`Steward`,telegram:`Telegram`},coverage:{complete:`Read completely`,failed:`Not read`,failed_text:`The last poll could read nothing.`,partial:`Read partly`,partial_text:`The last poll could not read everything. What is missing is not known: neither good nor bad.`},decided:{alone:`“{label}” was carried out by the steward itself, {when}`,approved:`“{label}” was approved by {person} via {via}, {when}`,approved_alone:`Approved`,cancelled:`Cancelled by {person} via {via}, {when}`,expired:`Expired without a decision`,expired_alone:`Expired without a decision`,ignored:`Ignored by {person} via {via}, {when}`,ignored_alone:`Ignored`,rejected:`Rejected by {person} via {via}, {when}`,rejected_alone:`Rejected`,scheduled:`Scheduled by {person} via {via}, {when}`,scheduled_alone:`Scheduled`,stopped:`Stopped by {person} via {via}, {when}`,superseded:`Needs no decision any more`,superseded_alone:`Needs no decision any more`},doctor:{check_now:`Check now`,checked:`Checked {when}`,checking:`Checking…`,health:`The app itself`,not_checked:`Not checked: {what}`,nothing:`Nothing was found.`,part_backups:`Backups of the app`,part_database:`Database`,part_disk:`Disk of the data folder`,part_event_loop:`Event loop`,part_fails:`Problem`,part_front_ends:`Telegram`,part_models:`Language models`,part_polls:`Polls`,part_queues:`Messages`,part_unknown:`Not known`,part_works:`Works`,text:`Checks connections, rights, clocks, storage, and backups.`,title:`Check of the set-up`,value_backups:`the newest is {value} old`,value_database:`{value}`,value_disk:`{value} free`,value_event_loop:`at most {value} late`,value_front_ends:`{value} of {limit} work`,value_models:`{value} of {limit} may be asked`,value_polls:`{value} late`,value_queues:`the oldest waits {value}`},editor:{first:`The first service`,hide_empty:`Hide the card while nothing waits`,instance:`Service`,limit:`Most requests to show`,title:`Title`},error:{already_decided:`This was decided already.`,expired:`Too late: this request has expired.`,forbidden:`You are not allowed to do this. {message}`,internal:`Something went wrong. See the log of the app.`,invalid_argument:`This value is not accepted. {message}`,not_connected:`The app does not answer.`,not_earned:`The steward has not earned this level yet: {message}`,not_found:`This does not exist any more.`,pin_needed:`Enter your PIN to approve this. {message}`,plan_changed:`The plan changed in the meantime. Read it again before you approve.`,timeout:`The app did not answer in time. Look at the request before you try again.`,unavailable:`This could not be stored, so it does not count. Try again later.`,unlock_needed:`Unlock the phone to approve this.`},event:{alert:`Alert {name} from {source}`,alert_ended:`Alert {name} ended`,alone:`The steward began “{label}” by itself`,approved:`{person} approved “{label}” via {via}`,asked:`A person requested an action`,cancelled:`{person} cancelled it via {via}`,comment:`{person} wrote`,diagnosed:`Diagnosis`,expired:`The request expired`,failed:`The run failed`,first:`{person} gave the first approval for “{label}”`,ignored:`{person} ignored it via {via}`,opened:`Incident opened`,rejected:`{person} rejected it via {via}`,requested:`Decision requested`,resolved:`Incident resolved`,scheduled:`{person} scheduled “{label}” via {via}`,started:`The steward started: {label}`,step_effect_known:`{title} ({target}) took effect`,step_effect_unknown:`{title} ({target}): the effect is not known`,step_failed:`{title} ({target}) failed`,step_started:`{title} ({target}) is in progress`,step_undone:`{title} ({target}) was undone`,step_verified:`{title} ({target}) is done and checked`,stopped:`{person} stopped it via {via}`,superseded:`The request needed no decision any more`,verdict_fixed:`Result: it helped`,verdict_not_fixed:`Result: it did not help`,verdict_relapsed:`Result: it helped, but the problem came back`,verdict_unknown:`Result: not known`,verdict_worse:`Result: it made things worse`},evidence:{asked_once:`A language model is asked once for each incident: {when}.`,by_model:`Written by {model} from the evidence.`,failed:`Could not be read`,model:`Explanation of a model`,none:`There is no diagnosis yet.`},form:{at_least:`Enter a number of at least {least}.`,at_most:`Enter a number of at most {most}.`,choice:`Select one of the values.`,number:`Enter a number.`,range:`Enter a number from {least} to {most}.`,required:`Enter a value.`},front_end:{assist:`Assist`,command_line:`the command line`,home_assistant:`Home Assistant`,mcp:`MCP`,panel:`the panel`,steward:`the steward itself`,telegram:`Telegram`},health:{away:`Does not answer`,critical:`Critical problem`,good:`OK`,off:`Meant to be off`,problem:`Problem`,unknown:`Not known yet`},inbox:{decided:`Just decided`,empty:`Nothing waits for you`,empty_text:`When the steward needs a decision, it appears here.`,more:{one:`{count} more request`,other:`{count} more requests`},not_a_person:`You can view requests as an administrator. To decide, add yourself as a person in the integration.`},incident:{add_comment:`Add`,comment:`Write a comment`,false_alarm:`False alarm`,false_alarm_text:`Nobody is asked about this alert of this target for a day, and twice as long each time.`,gone:`This incident does not exist any more`,gone_text:`Old incidents are deleted after a while.`,number:`Incident {number}`,report:`Report`,silenced_until:`Silenced until {when}`,since:`for {time}`,stale_since:`Not reported since {when}`,timeline:`What happened`},incidents:{alerts:{one:`{count} alert`,other:`{count} alerts`},all:`Open and closed`,any_category:`Any category`,any_severity:`Any severity`,category:`Category`,closed:`Closed`,count:{one:`{count} incident`,other:`{count} incidents`},empty:`No incidents yet`,empty_text:`When a service has a problem, it appears here with everything that happened.`,none:`No incident matches`,none_text:`Change the filter to see more.`,open:`Open`,search:`Search incidents`,severity:`Severity`,silenced:`silenced`,status:`Status`,took:`took {time}`},ledger:{at:`Time`,deployment:`Model`,masked:`Masked`,privacy:`Privacy`,size:`Size`,task:`Purpose`},limit:{daily_cost:`{used} of {limit} today`,daily_requests:`{used} of {limit} requests today`,daily_tokens:`{used} of {limit} tokens today`,weekly_cost:`{used} of {limit} this week`,weekly_requests:`{used} of {limit} requests this week`,weekly_tokens:`{used} of {limit} tokens this week`},models:{days:{one:`{count} request in {days} days`,other:`{count} requests in {days} days`},empty:`No language models`,empty_text:`The steward works without them. With a model it also explains incidents and answers questions.`,good:`Good: {languages}`,good_at:`Good at: {work}`,ledger:`Sent outside`,ledger_text:{one:`{count} request was sent to a model outside your home.`,other:`{count} requests were sent to models outside your home.`},masked:`Reads private texts only with the private parts masked`,no_limit:`No limit`,public_only:`Reads only texts that are not private`,reserve:`{percent} % of each limit are reserved for incidents`,routing:`Which model is asked`,routing_text:`The steward estimates what kind of work a question is, and asks the first model of the row that may read it. You change the rows in the settings of the app.`,size_large:`Large`,size_small:`Small`,speed:{one:`{count} token per second`,other:`{count} tokens per second`},step:`{tier}, {size}`,tokens:{one:`{count} token`,other:`{count} tokens`},tools_native:`Calls tools`,tools_none:`Cannot call tools`,tools_schema:`Calls tools by JSON`,unchecked:`Not checked yet`,used:{one:`{count} request today`,other:`{count} requests today`},weak:`Weak: {languages}`},monitors:{blind:`{name} is blind.`,blind_title:`Monitors that do not count now`,capacity:`Capacity`,count:{one:`{count} device`,other:`{count} devices`},empty:`No monitor watches a device`,empty_text:`Devices appear here when services such as LibreNMS, PRTG, Uptime Kuma, or Gatus are configured.`,not_fresh:`not fresh`,not_same:`Not the same`,pair:`{first} and {second}`,part:`{aspect}: {part}`,questions:`Which devices are the same`,questions_text:`Two monitors list something that may be one device. Say whether it is.`,reach:`Can be reached`,record:{one:`right in {right} of {count} case`,other:`right in {right} of {count} cases`},repeats:`repeats {name}`,same:`Same device`,saved:`Your answer is stored.`,says_down:`says down`,says_paused:`is paused`,says_unknown:`says nothing`,says_up:`says up`,search:`Search devices`,service:`Service`,since:`since {when}`,text:`What each monitor says about the devices that they watch. Independent monitors have to agree before the steward acts without you.`,undo:`Take back`,undone:`Your answer is taken back.`,verdict_alone:`Down: one monitor only`,verdict_blind:`Nobody says anything that counts`,verdict_down:`Down: independent monitors agree`,verdict_split:`Monitors disagree`,verdict_up:`Up`},mute:{accept:`Mute`,decline:`Keep asking`,declined:`Not muted, and not proposed again`,ignored:{one:`ignored {count} time`,other:`ignored {count} times`},muted:`Muted`,proposed:`Mute it?`,take_back:`Forget this`},names:{add:`Add a name`,add_for:`Add a name for {name}`,added_by:`Added by {person}`,also:`Also called`,from_home_assistant:`From Home Assistant`,from_settings:`From the settings of the app`,gone:`Names of what is not there now`,hint:`Say it in questions and requests, in every language. It counts at once.`,label:`Another name for {name}`,remove:`Remove the name {name}`,save:`Add`,title:`Other names`,title_text:`What people also call things in questions and requests. Owners change them on the page of a service.`},nav:{audit:`Audit`,autonomy:`Autonomy`,back:`Back to {page}`,changes:`Changes`,inbox:`Inbox`,incidents:`Incidents`,menu:`Open the sidebar`,models:`Models`,monitors:`Monitors`,more:`More`,pages:`Pages`,people:`People`,report:`Report`,runbooks:`Runbooks`,schedules:`Schedules`,services:`Services`,settings:`Settings`,steward:`Steward`,tools:`Tools`,waiting:{one:`{count} request waits`,other:`{count} requests wait`}},origin:{file:`the settings file of the app`,front_end:`Home Assistant`},outcome:{fixed:`helped {count}×`,never:`Never tried before`,not_fixed:`did not help {count}×`,relapsed:`came back {count}×`,unknown:`not known {count}×`,worse:`made it worse {count}×`},pause:{automatic:`No automatic changes`,everything:`No changes at all`,none:`Not paused`},people:{asked_after:{one:`Is asked when nobody decided for {count} minute`,other:`Is asked when nobody decided for {count} minutes`},authority_high:`{category}: every risk`,authority_low:`{category}: low risk`,authority_medium:`{category}: up to medium risk`,authority_nothing:`{category}: may not decide`,change:`Change people in the integration`,empty:`Nobody may decide`,empty_text:`Add a person in the integration. Until then, requests expire without an answer.`,from_file:`Defined in the settings file of the app`,guest_may:`May view, but not decide`,has_pin:`Has a PIN for high risk in Telegram`,language:`Gets messages on phones in {language}`,member_may:`May decide about low and medium risk`,not_reached:`Is not asked anywhere: no user and no Telegram id`,own_language:`Gets messages in the language of Home Assistant`,owner_may:`May decide about every risk`,quiet:`Quiet from {from} until {until}, unless it is critical`,reached:`Is asked in {where}`,you:`You`},plan:{after:`After`,after_step:`After {what}`,alone_until:`{person} can approve this alone until {when}.`,also_affects:`Also affects: {what}`,before:`Now`,changes_nothing:`Changes nothing.`,dry_run:`What would change`,field:`Value`,from_runbook:`Runbook: {name}`,history:`Until now: {what}`,irreversible:`Cannot be undone`,needs_two:`Two people have to approve this.`,needs_unlock:`A phone must be unlocked to approve this.`,one_approved:`{person} approved this alone.`,reversible:`Can be undone`,step_number:`step {number}`,two_approved:`Two people approved this.`,undone_without:`Undone if a later step fails: {what}`,verified_by:`Verified by: {how}`},report:{save:`Save as Markdown`},request:{acts_alone:`{when}: {label}, unless you stop it`,approve:`Approve`,by_person:`requested by a person`,confirm:`Confirm`,confirm_act:`{label}: the steward carries out exactly this plan.`,confirm_group:`Confirm the decision`,confirm_ignore:`Ignore this problem? The incident is closed without a change.`,confirm_other:`{label}: nothing is changed.`,confirm_reject:`Reject this request? The problem stays open.`,defer:`Defer`,do_now:`Do it now`,evidence:`Evidence`,expect_off:`It is meant to be off`,expires:`expires {when}`,first:`{person} approved “{label}”. Another person has to approve it too.`,gone:`This request does not exist any more`,gone_text:`It was decided a while ago. Its incident shows what happened.`,investigate:`Investigate`,left_out:{one:`{count} step is not offered`,other:`{count} steps are not offered`},option:`Option {number}: {label}`,pin:`Your PIN`,plan:`Plan and dry run`,read:`I have read the plan.`,read_irreversible:`I have read the plan. It cannot be undone.`,risk_not_allowed:`This risk is higher than you may approve.`,similar:`Similar: {what}`,snoozed:`Snoozed until {when}`,stop:`Stop`,view_only:`You can view this request, but not decide it.`},risk:{high:`High risk`,low:`Low risk`,medium:`Medium risk`},role:{guest:`Guest`,member:`Member`,owner:`Owner`},runbook:{check:`Check`,edit:`Edit`,edit_text:`Saved in the folder of your own runbooks and used at once. A change needs a higher version.`,everything:`Everything`,gone:`This runbook does not exist`,last:`last {when}`,matches:`Alerts and checks that it is for`,read:`Read now`,recipes:`Recipes`,right:`The runbook is valid.`,run:`Run now`,run_reads:`This only reads. Nothing changes, so nobody has to approve it.`,run_text:`This creates a request with a dry run. Nothing changes before somebody approves it.`,save:`Save`,saved:`Saved as version {version}. It is used from now on.`,source:`File of the runbook`,steps:`Steps: {what}`,symptom_long:`A symptom has at most {most} characters.`,symptom_twice:`A symptom is there twice.`,symptoms:`Symptoms`,symptoms_form:`Symptoms, one per line`,symptoms_many:`At most {most} symptoms are possible.`,symptoms_text:`What people say and what logs contain, in the languages of your household.`,version:`version {version}`,waiting:`These requests wait already:`},runbooks:{count:{one:`{count} runbook`,other:`{count} runbooks`},others:`Not used yet`,search:`Search runbooks`,used:`Used until now`},safety:{about:`In`,add:`Add fence`,alone:`Approve alone for a time`,alone_text:`What you approve then needs no second person. A high risk still has to be confirmed, and fences hold.`,alone_until:`{person} approves alone in {scope} until {when}`,answer:`Save the answer`,begin:`Begin`,categories:`Category`,choose:`Select…`,each:`Each {service}`,each_role:`Everything that is {role}`,end:`End now`,fences:`Fences`,fences_text:`Nothing may change what is fenced: no runbook, no person, no update. Reading goes on.`,for:`For`,guests:`Also what runs in it`,hours:{one:`{count} hour`,other:`{count} hours`},in_file:`In the settings file`,inside:`What`,no_fences:`Nothing is fenced.`,no_pin:`Add a PIN first, on your page under People.`,offers:`Fence these?`,offers_text:`These hold data, backups, or the network. Select what nothing may change. You are not asked again about the others.`,only:`Only {actions}`,reason:`Reason (optional)`,role_application:`an application`,role_backup:`for backups`,role_firewall:`a firewall`,role_host:`a host`,role_monitor:`a monitor`,role_storage:`storage`,service:`Service`,services:`Service`,whole:`The whole service`,with_guests:`With what runs in it`},schedule:{changed:`Changed`,cron_text:`Minute, hour, day of the month, month, day of the week`,edit:`Edit`,field_cron:`When`,field_deliver_to:`Send to`,field_models:`Language models`,field_prompt:`Question for a language model`,field_rules:`Look for`,field_send:`Send a message`,field_title:`Title`,field_tokens:`Most tokens`,field_tools:`Read these tools`,field_zone:`Time zone`,gone:`This schedule does not exist any more`,message:`Message of {when}`,models_any:`Also models outside, as privacy allows`,models_local:`Only models at home`,new:`New schedule`,next:`next: {when}`,not_checked:`Not checked`,nothing:`Nothing was found.`,of_app:`This schedule belongs to the app. You can change when it runs and where its messages go.`,of_settings:`The settings of the app say when this runs.`,off:`switched off`,own:`Yours`,place_phone:`Phones`,place_telegram:`Telegram`,preview:`Next times: {times}`,prompt_text:`The model orders the findings by it and sums them up. Without a question, no model is asked.`,ran:`It has run.`,restore:`Restore`,result_done:`has run`,result_failed:`failed: {reason}`,result_never:`has not run yet`,result_running:`is running`,result_silent:`nothing to say, so nothing was sent`,run:`Run now`,save:`Save`,saved:`Saved.`,send_always:`At each time`,send_findings:`When something was found`,send_news:`When something is new`,sure:`Remove this schedule and its file?`,sure_restore:`Go back to the time and the delivery of the app?`,switch:`Switch on: {title}`,text:`The steward asks these questions by itself and sends what it finds. A schedule changes nothing.`,tokens_text:`If the question and its answer need more, no model is asked.`,unreached:`When this was made, no front end could be reached.`,worded_by:`Written by {model}`,wrong:`Files that cannot be used`,zone_text:`Empty: {zone}`},service:{actions:`What can be done`,actions_text:`A request shows a dry run first. Nothing changes before somebody approves it.`,address:`Address`,changed:`Last change of a reading`,configured:`Configured in`,expect_off:`It is meant to be off`,expect_on:`It is meant to run`,gaps:`What cannot be read or done`,gone:`This service does not exist any more`,gone_text:`It was removed from the configuration.`,kind:`Service`,more:{one:`{count} more`,other:`{count} more`},no:`No`,not_offered:`Not available now: {reason}`,poll:`Poll now`,polled:`Last poll`,readings:`Readings`,request:`Request`,resources:`{kind} ({number})`,right:`The right {name} is missing.`,target:`Target`,unknown:`unknown`,version:`Version`,yes:`Yes`},services:{all_good:{one:`{count} service, no problems`,other:`{count} services, no problems`},empty:`No services yet`,empty_text:`Add your first service in the integration.`,list:`List`,map:`Map`,missing_rights:{one:`{count} right is missing`,other:`{count} rights are missing`},more:{one:`{count} more, the worst: {health}`,other:`{count} more, the worst: {health}`},no_map:`Nothing to show on the map`,no_map_text:`The map shows hosts and what runs on them.`,view:`View`,with_problems:{one:`{count} service has a problem`,other:`{count} services have problems`}},settings:{automation:`an automation`,everything:`Everything`,false_alarms:`False alarms`,false_alarms_text:`Nobody is asked about these until the time is over. Critical problems are always asked about.`,front_end:`{name} has problems`,integration:`Settings of the integration`,integration_text:`Phones, sounds, home context`,maintenance:`Maintenance`,maintenance_text:`Problems during maintenance are recorded, but nobody is asked about them.`,mutes:`Muted problems`,mutes_text:`What you always ignore can be muted: it is recorded, but nobody is asked. Critical problems are never muted.`,now:`Now`,pause:`Pause`,pause_text:`Stops changes. Problems are still found and shown.`,paused_by:`Paused by {person}, {when}`,people:`People`,people_text:`Roles, languages, quiet hours, PINs`,quiet_until:`Quiet until {when}, marked by {person}`,services:`Services`,services_text:`Add a service or change its connection`,start_maintenance:{one:`Start for {count} hour`,other:`Start for {count} hours`},switches:`Switches`,verbose:`Report every step`,verbose_text:`Otherwise you only get requests and results.`,weekly:`weekly`},severity:{critical:`Critical`,info:`Info`,warning:`Warning`},snooze:{days:`In 3 days`,hour:`In 1 hour`,hours:`In 4 hours`,title:`Snooze until`,tomorrow:`Tomorrow at 8:00`},state:{away:`The app does not answer. You see the last known state and cannot decide now.`,error:`This page could not be loaded`,loading:`Loading`,no_page:`A file of the panel is missing. Load the page again: the integration may have been updated.`,not_loaded:`The steward is not connected`,not_loaded_text:`Home Assistant tries to reach the app. This page opens when it answers.`,not_set_up_text:`Set up the integration to connect the app.`,open_integration:`Open the integration`,retry:`Try again`,unknown:`The steward does not know you`,unknown_text:`Ask an owner to add you as a person in the settings of the integration.`},status:{acting:`In progress`,diagnosed:`Diagnosed`,ignored:`Ignored`,open:`Open`,resolved:`Resolved`,scheduled:`Scheduled`,unsolved:`Not solved`,waiting:`Waits for a decision`},tier:{cloud:`Cloud`,local:`Local`,premium:`Premium`},title:`Homelab Steward`,tools:{accept:`Accept this definition`,accepted:`Accepted`,ask_owner:`Only an owner can accept it.`,changed_text:`The server changed the definition of this tool. It is off until an owner has looked at the difference and accepts it.`,empty:`No tool servers`,empty_text:`The steward can use tools of MCP servers and of programs with an OpenAPI document. Add a server to the settings of the app, and choose its tools there.`,kind_http:`MCP over HTTP`,kind_openapi:`OpenAPI`,kind_stdio:`Program`,last_error:`Last error, {when}:`,next_try:`Next try: {when}`,none:`No tool of this server is chosen.`,now:`Now`,offline:`Not connected`,online:`Connected`,others:{one:`{count} tool is not chosen`,other:`{count} tools are not chosen`},others_text:`They are never called. To use one, choose it in the settings of the app.`,private:`Private`,private_text:`Only owners, and models in your home, get its results.`,read:`Reads`,read_text:`It only reads. It is called without asking.`,saved:`The definition is accepted.`,says:`The server says:`,says_writes:`The server says that it may change something. Choose write for it if that is right.`,since:`since {when}`,state_changed:`Off: definition changed, look at it`,state_missing:`Off: the server does not have it`,state_ready:`On`,state_unknown:`Off: the server does not answer`,state_unusable:`Off: definition cannot be used`,text:`Tools of other servers that you chose. What a server says about its tools is shown, but never relied on.`,write:`Changes`,write_text:`It changes something and cannot be undone. Each call needs an approval.`},verb:{cancel:`Cancel`,ignore:`Ignore`,reject:`Reject`,snooze:`Snooze`},work:{architecture:`Architecture`,architecture_text:`Design the move to a cluster`,code:`Code`,code_text:`Write an automation`,deep_reasoning:`Deep reasoning`,deep_reasoning_text:`Find the root cause of the latency`,extraction:`Extraction`,extraction_text:`Summarize this line`,long_document:`Long document`,long_document_text:`Read this log`,planning:`Planning`,planning_text:`Draft a runbook`,premium_review:`Review`,premium_review_text:`Review this repository`,simple:`Simple question`,simple_text:`What does exit code 137 mean?`,state:`Question about a state`,state_text:`Is Radarr running?`}},on=(function(){let e=typeof document<`u`&&document.createElement(`link`).relList;return e&&e.supports&&e.supports(`modulepreload`)?`modulepreload`:`preload`})(),sn=function(e){return`/`+e},cn={},ln=function(e){return e.pathname.endsWith(`.css`)},un=function(e,t,n){if(t in e)return e[t];let r=n();if(!r){e[t]=void 0;return}let i=r.then(()=>{e[t]=void 0},n=>{throw e[t]=void 0,n});return e[t]=i,i},R=function(e,t,n){let r=Promise.resolve();if(t&&t.length>0){let e,i=document.querySelector(`meta[property=csp-nonce]`),a=i?.nonce||i?.getAttribute(`nonce`);function o(e){return Promise.all(e.map(e=>Promise.resolve(e).then(e=>({status:`fulfilled`,value:e}),e=>({status:`rejected`,reason:e}))))}function s(e){return import.meta.resolve?new URL(import.meta.resolve(e)):new URL(e,import.meta.url)}r=o(t.map(t=>{t=sn(t,n);let r=s(t),i=ln(r);return un(cn,r.href,()=>{if(e===void 0){e={all:new Set,styles:new Set};let t=document.getElementsByTagName(`link`);for(let n=t.length-1;n>=0;n--){let r=t[n];e.all.add(r.href),r.rel===`stylesheet`&&e.styles.add(r.href)}}if((i?e.styles:e.all).has(r.href))return;let t=document.createElement(`link`);if(t.rel=i?`stylesheet`:on,i||(t.as=`script`),t.crossOrigin=``,t.href=r.href,a&&t.setAttribute(`nonce`,a),document.head.appendChild(t),i)return new Promise((e,n)=>{let i=a=>{t.removeEventListener(`load`,i),t.removeEventListener(`error`,i),a.type===`error`?n(Error(`Unable to preload CSS for ${r}`)):e(a)};t.addEventListener(`load`,i),t.addEventListener(`error`,i)})})}).filter(e=>e!==void 0))}function i(e){let t=new Event(`vite:preloadError`,{cancelable:!0});if(t.payload=e,window.dispatchEvent(t),!t.defaultPrevented)throw e}return r.then(t=>{for(let e of t||[])e.status===`rejected`&&i(e.reason);return e().catch(i)})},dn={de:()=>R(()=>import(`./de-DcrDChik.js`),[]),es:()=>R(()=>import(`./es-8zjgHR5_.js`),[]),fr:()=>R(()=>import(`./fr-Drx8CsuA.js`),[]),nl:()=>R(()=>import(`./nl-BGjXhWJC.js`),[])},fn=`en`;function pn(e,t,n,r={}){let i=mn(e[t]??e[t.split(`-`)[0]??``],n),[a,o]=i===void 0?[mn(e[fn],n),fn]:[i,t];return gn(hn(a,o,r.count)??n,r)}function mn(e,t){return t.split(`.`).reduce((e,t)=>e?.[t],e)}function hn(e,t,n){if(typeof e==`string`)return e;if(typeof e!=`object`||!e)return;let r=e;return r[new Intl.PluralRules(t).select(Number(n??0))]??r.other}function gn(e,t){return e.replace(/\{(\w+)\}/g,(e,n)=>String(t[n]??e))}var z={en:an},_n=new Map;function vn(e){return[e,e.split(`-`)[0]??``].find(e=>e in dn)??`en`}function yn(e){return vn(e)in z}function bn(e){let t=vn(e),n=dn[t];if(!n||t in z)return Promise.resolve();let r=_n.get(t);if(r)return r;let i=n().then(e=>void(z[t]=e.default),()=>void(z[t]=an));return _n.set(t,i),i}function xn(e){return(t,n)=>pn(z,e,t,n)}function Sn(e){return mn(an,e)!==void 0}function B(e,t,n,r){var i=arguments.length,a=i<3?t:r===null?r=Object.getOwnPropertyDescriptor(t,n):r,o;if(typeof Reflect==`object`&&typeof Reflect.decorate==`function`)a=Reflect.decorate(e,t,n,r);else for(var s=e.length-1;s>=0;s--)(o=e[s])&&(a=(i<3?o(a):i>3?o(t,n,a):o(t,n))||a);return i>3&&a&&Object.defineProperty(t,n,a),a}var Cn=`/homelab-steward`;function wn(e,t,n,r,i=Cn,a={}){return{hass:e,feed:t,viewer:n,t:xn(e.language),language:e.locale?.language??e.language,now:r,base:i,name:e=>a[e]??e}}function V(e,t,n={}){let r=e.feed.state?.entry_id;return e.hass.connection.sendMessagePromise({type:`homelab_steward/${t}`,...r?{entry_id:r}:{},...n})}function H(e,t){let{code:n,message:r}=e,i=`error.${n??`internal`}`;return Sn(i)?t(i,{message:r??``}):r??t(`error.internal`)}var Tn=class extends A{constructor(...e){super(...e),this.item=``}static{this.styles=[L]}get t(){return this.ctx.t}};B([M({attribute:!1})],Tn.prototype,`ctx`,void 0),B([M()],Tn.prototype,`item`,void 0);var En={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},Dn=e=>(...t)=>({_$litDirective$:e,values:t}),On=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}},{I:kn}=Lt,An=e=>e,jn=()=>document.createComment(``),U=(e,t,n)=>{let r=e._$AA.parentNode,i=t===void 0?e._$AB:t._$AA;if(n===void 0)n=new kn(r.insertBefore(jn(),i),r.insertBefore(jn(),i),e,e.options);else{let t=n._$AB.nextSibling,a=n._$AM,o=a!==e;if(o){let t;n._$AQ?.(e),n._$AM=e,n._$AP!==void 0&&(t=e._$AU)!==a._$AU&&n._$AP(t)}if(t!==i||o){let e=n._$AA;for(;e!==t;){let t=An(e).nextSibling;An(r).insertBefore(e,i),e=t}}}return n},W=(e,t,n=e)=>(e._$AI(t,n),e),Mn={},Nn=(e,t=Mn)=>e._$AH=t,Pn=e=>e._$AH,Fn=e=>{e._$AR(),e._$AA.remove()},In=(e,t,n)=>{let r=new Map;for(let i=t;i<=n;i++)r.set(e[i],i);return r},Ln=Dn(class extends On{constructor(e){if(super(e),e.type!==En.CHILD)throw Error(`repeat() can only be used in text expressions`)}dt(e,t,n){let r;n===void 0?n=t:t!==void 0&&(r=t);let i=[],a=[],o=0;for(let t of e)i[o]=r?r(t,o):o,a[o]=n(t,o),o++;return{values:a,keys:i}}render(e,t,n){return this.dt(e,t,n).values}update(e,[t,n,r]){let i=Pn(e),{values:a,keys:o}=this.dt(t,n,r);if(!Array.isArray(i))return this.ut=o,a;let s=this.ut??=[],c=[],l,u,d=0,f=i.length-1,p=0,m=a.length-1;for(;d<=f&&p<=m;)if(i[d]===null)d++;else if(i[f]===null)f--;else if(s[d]===o[p])c[p]=W(i[d],a[p]),d++,p++;else if(s[f]===o[m])c[m]=W(i[f],a[m]),f--,m--;else if(s[d]===o[m])c[m]=W(i[d],a[m]),U(e,c[m+1],i[d]),d++,m--;else if(s[f]===o[p])c[p]=W(i[f],a[p]),U(e,i[d],i[f]),f--,p++;else if(l===void 0&&(l=In(o,p,m),u=In(s,d,f)),l.has(s[d])){if(l.has(s[f])){let t=u.get(o[p]),n=t===void 0?null:i[t];if(n===null){let t=U(e,i[d]);W(t,a[p]),c[p]=t}else c[p]=W(n,a[p]),U(e,i[d],n),i[t]=null;p++}else Fn(i[f]),f--}else Fn(i[d]),d++;for(;p<=m;){let t=U(e,c[m+1]);W(t,a[p]),c[p++]=t}for(;d<=f;){let e=i[d++];e!==null&&Fn(e)}return this.ut=o,Nn(e,c),T}}),Rn=36e5;function zn(e){let t=new Date(e);return t.setDate(t.getDate()+1),t.setHours(8,0,0,0),[[`snooze.hour`,e+Rn],[`snooze.hours`,e+4*Rn],[`snooze.tomorrow`,t.getTime()],[`snooze.days`,e+72*Rn]].map(([e,t])=>[e,Math.floor(t/1e3)])}function Bn(e,t,n,r){if(!e||!n.needs_two||e.closed_at!==null||Date.parse(e.ends_at)<=r)return null;let i=e.instance_id?n.steps.map(e=>e.target.instance_id):t;return i.length>0&&i.every(t=>t===(e.instance_id||e.category))?e:null}function Vn(e,t){return t.needs_two&&e.first?.option!==t.number}var Hn={critical:0,warning:1,info:2};function Un(e,t){let n=e=>Number(!!e.snoozed_until&&Date.parse(e.snoozed_until)>t);return[...e].sort((e,t)=>n(e)-n(t)||Hn[e.severity]-Hn[t.severity]||Date.parse(e.created_at)-Date.parse(t.created_at))}var Wn={owner:`high`,member:`medium`,guest:`nothing`},Gn={nothing:0,low:1,medium:2,high:3};function Kn(e,t){return qn(e,t,`low`)}function qn(e,t,n){let r=[t.category,...t.also_in];return e!==null&&r.every(t=>Gn[e.authority[t]??Wn[e.role]]>=Gn[n])}function Jn(e,t){return t.via===`steward`?`alone`:t.verb===`cancel`?`cancelled`:e.acts_at&&t.verb===`reject`?`stopped`:e.status}function Yn(e){return e.kind===`act`||e.kind===`each`}function Xn(e){return e.proposal.options.some(e=>e.kind===`defer`)}var Zn=[[`day`,86400],[`hour`,3600],[`minute`,60]];function Qn(e,t,n){let r=Math.round((Date.parse(e)-t)/1e3),i=new Intl.RelativeTimeFormat(n,{numeric:`auto`});for(let[e,t]of Zn)if(Math.abs(r)>=t)return i.format(Math.trunc(r/t),e);return i.format(0,`minute`)}function G(e,t,n){let r=new Date(e),i=r.toDateString()===new Date(t).toDateString();return new Intl.DateTimeFormat(n,{...i?{}:{day:`numeric`,month:`short`},...r.getFullYear()===new Date(t).getFullYear()?{}:{year:`numeric`},hour:`2-digit`,minute:`2-digit`}).format(r)}function $n(e,t){return new Intl.DateTimeFormat(t,{dateStyle:`medium`,timeStyle:`medium`}).format(new Date(e))}function er(e,t){let n=Math.max(0,Math.round((Date.parse(t)-Date.parse(e))/1e3));if(n<60)return`${n} s`;let r=Math.floor(n/60);if(r<60)return`${r} min`;let i=Math.floor(r/60);return i<24?r%60?`${i} h ${r%60} min`:`${i} h`:i%24?`${Math.floor(i/24)} d ${i%24} h`:`${Math.floor(i/24)} d`}function tr(e,t,n,r){if(typeof e!=`number`)return String(e??``);let i=n??+!Number.isInteger(e),a=new Intl.NumberFormat(r,{maximumFractionDigits:i}).format(e);return t?`${a} ${t}`:a}function nr(e,t,n){let r={weekday:`short`,day:`numeric`,month:`short`,hour:`2-digit`,minute:`2-digit`};try{return new Intl.DateTimeFormat(n,{...r,timeZone:t}).format(new Date(e))}catch{return new Intl.DateTimeFormat(n,r).format(new Date(e))}}function rr(e,t){return new Intl.DisplayNames([t],{type:`language`}).of(e)??e}var ir=1048576;function ar(e,t,n){let[r,i]=e===`disk`||e===`database`?t>=1024*ir?[t/(1024*ir),`gigabyte`]:[t/ir,`megabyte`]:e===`event_loop`?[t*1e3,`millisecond`]:e===`queues`||e===`backups`?t>=3600?[t/3600,`hour`]:[t/60,`minute`]:[t,void 0];return new Intl.NumberFormat(n,{maximumFractionDigits:1,...i?{style:`unit`,unit:i}:{}}).format(r)}function or(e,t){let{t:n,now:r,language:i}=t,o=e.diagnosis;if(!o)return w`<p class="quiet">${n(`evidence.none`)}</p>`;let s=new Map(o.evidence.map(e=>[e.id,e.title]));return w`
    <p class="text">${o.summary}</p>
    ${o.claims.length?w`<ul class="claims">
          ${o.claims.map(e=>w`<li>
              ${e.text}
              <span class="small quiet">${e.evidence.map(e=>s.get(e)??e).join(`, `)}</span>
            </li>`)}
        </ul>`:E}
    ${o.explanation?w`<p class="row" style="align-items:flex-start">
          ${F(`M17.5 15.5C17.5 16.61 16.61 17.5 15.5 17.5S13.5 16.61 13.5 15.5 14.4 13.5 15.5 13.5 17.5 14.4 17.5 15.5M8.5 13.5C7.4 13.5 6.5 14.4 6.5 15.5S7.4 17.5 8.5 17.5 10.5 16.61 10.5 15.5 9.61 13.5 8.5 13.5M23 15V18C23 18.55 22.55 19 22 19H21V20C21 21.11 20.11 22 19 22H5C3.9 22 3 21.11 3 20V19H2C1.45 19 1 18.55 1 18V15C1 14.45 1.45 14 2 14H3C3 10.13 6.13 7 10 7H11V5.73C10.4 5.39 10 4.74 10 4C10 2.9 10.9 2 12 2S14 2.9 14 4C14 4.74 13.6 5.39 13 5.73V7H14C17.87 7 21 10.13 21 14H22C22.55 14 23 14.45 23 15M21 16H19V14C19 11.24 16.76 9 14 9H10C7.24 9 5 11.24 5 14V16H3V17H5V20H19V17H21V16Z`,n(`evidence.model`))}
          <span class="text">${o.explanation.text}
            <span class="small quiet">${n(`evidence.by_model`,{model:o.explanation.by})}</span></span>
        </p>`:e.model_asked_at?w`<p class="small quiet">${n(`evidence.asked_once`,{when:G(e.model_asked_at,r,i)})}</p>`:E}
    ${o.evidence.map(e=>w`<details>
        ${I(w`<span class="grow">${e.title}</span>${e.ok?E:F(a,n(`evidence.failed`))}
            <span class="small quiet">${G(e.read_at,r,i)}</span>`)}
        <pre tabindex="0">${e.text}</pre>
      </details>`)}
  `}var sr=[[`fixed`,`good`],[`relapsed`,`warning`],[`not_fixed`,`neutral`],[`unknown`,`info`],[`worse`,`bad`]];function cr(e){let t=e.reduce((e,t)=>e+t,0);return e.map(e=>t?e/t*100:0)}function lr(e,t){let n=sr.map(([t])=>e[t]);if(!n.reduce((e,t)=>e+t,0))return w`<span class="quiet small">${t(`outcome.never`)}</span>`;let r=cr(n),i=sr.flatMap(([e],r)=>n[r]?[t(`outcome.${e}`,{count:n[r]??0})]:[]).join(`, `),a=0;return w`<span class="outcomes">
    <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      ${sr.map(([,e],t)=>{let n=r[t]??0,i=a;return a+=n,Et`<rect class=${e} x=${i} y="0" width=${n} height="8" />`})}
    </svg>
    <span class="small quiet">${i}</span>
  </span>`}function ur(e,t){let n=Math.max(1,...e.map(e=>e.value)),r=100/Math.max(1,e.length);return w`<svg class="columns" viewBox="0 0 100 32" preserveAspectRatio="none" role="img" aria-label=${t}>
    ${e.map(({name:e,value:t},i)=>{let a=t?Math.max(1.5,t/n*31):.5;return Et`<rect x=${i*r+r*.1} y=${32-a} width=${r*.8} height=${a}>
        <title>${e}: ${t}</title></rect>`})}
  </svg>`}function dr(e,t,n){let r=e=>t.filter(t=>t.target.name===e).length===1,i=e=>{let i=t[e]?.target.name??``;return r(i)?i:n(`plan.step_number`,{number:e+1})},a=e=>[...new Set(e.map(i))].join(`, `);return[e.after?.length?n(`plan.after_step`,{what:a(e.after)}):``,e.undone_without.length?n(`plan.undone_without`,{what:a(e.undone_without)}):``,e.runbook?n(`plan.from_runbook`,{name:e.runbook}):``].filter(e=>e!==``)}var fr=/^([^\s@]+)(?:@(\S+))?(?: \((sha256:[0-9a-f]{12,})\))?$/;function pr(e,t,n){let[r,i=``,a=``,o=``]=fr.exec(n)??[];if(r===void 0||!t)return!1;if(e===`digest`)return t===a||o!==``&&t.startsWith(o);let s=`${i}@${a}`;return[`tag`,`version`].includes(e)&&(i.endsWith(`:${t}`)||s.endsWith(`:${t}`)||s.endsWith(`@${t}`))}function mr(e){let t=new Set(e.differences.flatMap(e=>[e.after,e.after.replace(/\s.*$/,``)])),n=(n,r)=>t.has(r)||e.differences.some(e=>pr(n,r,e.after));return Object.entries(e.arguments).filter(([e,t])=>t!==null&&!n(e,String(t)))}function hr(e){let t=e.replaceAll(`_`,` `);return t.charAt(0).toUpperCase()+t.slice(1)}function gr(e,t,n,r){let i=e.shown?.[t];return i?`${i.name}: ${i.value}`:`${_r(e,t,r)}: ${String(n)}`}function _r(e,t,n){let[r,i]=e.action.split(`.`);return(n?.services.find(e=>e.key===r)?.actions.find(e=>e.key===i))?.arguments.find(e=>e.key===t)?.name??hr(t)}function vr(e,t){return t.find(t=>t.runbook_id===e.runbook_id&&t.version===e.runbook_version&&t.recipe===e.recipe)}function yr(e){let t=e.steps.flatMap(e=>e.differences.map(e=>`${hr(e.field)}: ${e.before} → ${e.after}`));return[e.changes,...t].filter(Boolean).join(` · `)}function br(e,t,n){let{t:r,now:i,language:a,feed:o}=n,s=Bn(o.rows(`mode`)[0]?.elevation??null,t,e,i);return s?r(`plan.alone_until`,{person:s.person_name,when:G(s.ends_at,i,a)}):r(`plan.needs_two`)}function xr(e,t,n){return Vn(e,t)?n(`plan.one_approved`,{person:e.decision?.person_name??``}):n(`plan.two_approved`)}function Sr(e,t,n,r,i){let a=(e,t)=>w`<li class="row">${F(e)}<span>${t}</span></li>`;return w`
    ${e.changes?w`<p>${e.changes}</p>`:E}
    ${e.steps.length===0?e.changes?E:w`<p class="quiet">${t(`plan.changes_nothing`)}</p>`:w`<ol class="steps">
          ${e.steps.map(r=>Cr(r,e.steps,t,n))}
        </ol>`}
    <ul class="facts">
      ${Yn(e)?a(`M13.5,7A6.5,6.5 0 0,1 20,13.5A6.5,6.5 0 0,1 13.5,20H10V18H13.5C16,18 18,16 18,13.5C18,11 16,9 13.5,9H7.83L10.91,12.09L9.5,13.5L4,8L9.5,2.5L10.92,3.91L7.83,7H13.5M6,18H8V20H6V18Z`,t(e.reversible?`plan.reversible`:`plan.irreversible`)):E}
      ${e.blast_radius?a(`M22.08,11.04H20.08V4H13.05V2H11.04V4H4V11.04H2V13.05H4V20.08H11.04V22.08H13.05V20.08H20.08V13.05H22.08V11.04M18.07,18.07H13.05V16.06H11.04V18.07H6V13.05H8.03V11.04H6V6H11.04V8.03H13.05V6H18.07V11.04H16.06V13.05H18.07V18.07M13.05,12.05A1,1 0 0,1 12.05,13.05C11.5,13.05 11.04,12.6 11.04,12.05C11.04,11.5 11.5,11.04 12.05,11.04C12.6,11.04 13.05,11.5 13.05,12.05Z`,t(`plan.also_affects`,{what:e.blast_radius})):E}
      ${e.verification?a(`M23 12L20.6 9.2L20.9 5.5L17.3 4.7L15.4 1.5L12 3L8.6 1.5L6.7 4.7L3.1 5.5L3.4 9.2L1 12L3.4 14.8L3.1 18.5L6.7 19.3L8.6 22.5L12 21L15.4 22.5L17.3 19.3L20.9 18.5L20.6 14.8L23 12M18.7 16.9L16 17.5L14.6 19.9L12 18.8L9.4 19.9L8 17.5L5.3 16.9L5.5 14.1L3.7 12L5.5 9.9L5.3 7.1L8 6.5L9.4 4.1L12 5.2L14.6 4.1L16 6.5L18.7 7.1L18.5 9.9L20.3 12L18.5 14.1L18.7 16.9M16.6 7.6L18 9L10 17L6 13L7.4 11.6L10 14.2L16.6 7.6Z`,t(`plan.verified_by`,{how:e.verification})):E}
      ${e.needs_two?a(`M13 11A3 3 0 1 0 10 8A3 3 0 0 0 13 11M13 7A1 1 0 1 1 12 8A1 1 0 0 1 13 7M17.11 10.86A5 5 0 0 0 17.11 5.14A2.91 2.91 0 0 1 18 5A3 3 0 0 1 18 11A2.91 2.91 0 0 1 17.11 10.86M13 13C7 13 7 17 7 17V19H19V17S19 13 13 13M9 17C9 16.71 9.32 15 13 15C16.5 15 16.94 16.56 17 17M24 17V19H21V17A5.6 5.6 0 0 0 19.2 13.06C24 13.55 24 17 24 17M7.34 8.92L8.5 10.33L3.75 15.08L1 12.08L2.16 10.92L3.75 12.5L7.34 8.92`,i):E}
      ${e.needs_unlock?a(`M12,17C10.89,17 10,16.1 10,15C10,13.89 10.89,13 12,13A2,2 0 0,1 14,15A2,2 0 0,1 12,17M18,20V10H6V20H18M18,8A2,2 0 0,1 20,10V20A2,2 0 0,1 18,22H6C4.89,22 4,21.1 4,20V10C4,8.89 4.89,8 6,8H7V6A5,5 0 0,1 12,1A5,5 0 0,1 17,6V8H18M12,3A3,3 0 0,0 9,6V8H15V6A3,3 0 0,0 12,3Z`,t(`plan.needs_unlock`)):E}
      ${e.history||r?a(`M13.5,8H12V13L16.28,15.54L17,14.33L13.5,12.25V8M13,3A9,9 0 0,0 4,12H1L4.96,16.03L9,12H6A7,7 0 0,1 13,5A7,7 0 0,1 20,12A7,7 0 0,1 13,19C11.07,19 9.32,18.21 8.06,16.94L6.64,18.36C8.27,20 10.5,21 13,21A9,9 0 0,0 22,12A9,9 0 0,0 13,3`,w`${e.history?w`${t(`plan.history`,{what:e.history})} `:E}${r?lr(r,t):E}`):E}
    </ul>
  `}function Cr(e,t,n,r){if(e.wait)return w`<li>
      <span class="row">${F(`M6,2H18V8H18V8L14,12L18,16V16H18V22H6V16H6V16L10,12L6,8V8H6V2M16,16.5L12,12.5L8,16.5V20H16V16.5M12,11.5L16,7.5V4H8V7.5L12,11.5M10,6H14V6.75L12,8.75L10,6.75V6Z`)} ${e.title}</span>
    </li>`;let i=mr(e),a=dr(e,t,n);return w`
    <li>
      <div><strong>${e.title}</strong> <span class="quiet">${e.target.name}</span></div>
      ${a.length?w`<p class="small quiet">${a.join(` · `)}</p>`:E}
      ${e.differences.length?w`<table class="diff">
            <caption class="hidden">${n(`plan.dry_run`)}</caption>
            <thead>
              <tr>
                <th>${n(`plan.field`)}</th>
                <th>${n(`plan.before`)}</th>
                <th><span class="hidden">→</span></th>
                <th>${n(`plan.after`)}</th>
              </tr>
            </thead>
            <tbody>
              ${e.differences.map(e=>w`<tr>
                  <th scope="row">${hr(e.field)}</th>
                  <td><del>${e.before}</del></td>
                  <td class="arrow">${F(`M4,11V13H16L10.5,18.5L11.92,19.92L19.84,12L11.92,4.08L10.5,5.5L16,11H4Z`)}</td>
                  <td><ins>${e.after}</ins></td>
                </tr>`)}
            </tbody>
          </table>`:E}
      ${i.length?w`<p class="small quiet">
            ${i.map(([t,n])=>gr(e,t,n,r)).join(` · `)}
          </p>`:E}
      ${e.note?w`<p class="small quiet">${e.note}</p>`:E}
    </li>
  `}var wr=g`
  .plan {
    display: flex;
    flex-direction: column;
    gap: 8px;
  }
  .steps {
    padding-inline-start: 20px;
    display: flex;
    flex-direction: column;
    gap: 8px;
  }
  .facts {
    list-style: none;
    display: flex;
    flex-direction: column;
    gap: 4px;
  }
  .facts > li {
    align-items: flex-start;
  }
  .facts svg:not(.bar) {
    width: 20px;
    height: 20px;
    color: var(--secondary-text-color);
  }
  .diff {
    width: auto;
    margin: 4px 0;
  }
  .diff thead th {
    padding: 0 12px 2px 0;
    border: none;
  }
  .diff tbody th,
  .diff tbody td {
    padding: 2px 12px 2px 0;
    border: none;
    color: var(--primary-text-color);
    font-size: inherit;
  }
  .diff del {
    text-decoration-color: var(--error-color);
  }
  .diff ins {
    text-decoration: none;
    font-weight: 500;
    border-bottom: 2px solid var(--success-color, #43a047);
  }
  .arrow svg {
    width: 18px;
    height: 18px;
    color: var(--secondary-text-color);
  }
  .outcomes {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    flex-wrap: wrap;
  }
  .bar {
    width: 96px;
    height: 8px;
    border-radius: 4px;
    background: var(--divider-color);
  }
  .bar rect {
    fill: var(--tone);
  }
  .columns {
    width: 100%;
    height: 64px;
  }
  .columns rect {
    fill: var(--primary-color);
  }
  .claims {
    padding-inline-start: 20px;
  }
`,K=class extends A{constructor(...e){super(...e),this.alone=!1,this.compact=!1,this.chosen=null,this.opened=new Set,this.isBusy=!1,this.isRead=!1,this.needsPin=!1,this.error=``,this.incident=null}static{this.styles=[L,wr,g`
      .options {
        display: flex;
        flex-direction: column;
        gap: 8px;
      }
      .option {
        border: 1px solid var(--divider-color);
        border-radius: 8px;
        padding: 12px;
        display: flex;
        flex-direction: column;
        gap: 8px;
      }
      .option-end {
        align-items: flex-start;
        flex-wrap: wrap;
        justify-content: flex-end;
      }
      .option-end:not(:has(button, details)) {
        display: none;
      }
      .confirm {
        background: var(--secondary-background-color);
        border-radius: 8px;
        padding: 12px;
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      .confirm .quiet {
        color: inherit;
      }
      .result {
        padding: 12px;
        border-radius: 8px;
        background: color-mix(in srgb, var(--tone) 12%, transparent);
      }
      .result svg {
        color: var(--tone);
      }
      .number {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        width: 24px;
        height: 24px;
        border-radius: 50%;
        background: var(--secondary-background-color);
        font-size: 12px;
        flex: none;
      }
    `]}willUpdate(e){e.has(`request`)&&(e.get(`request`)?.id!==this.request.id&&this.reset(),this.request.status!==`pending`&&(this.chosen=null))}updated(e){e.has(`chosen`)&&this.chosen!==null&&this.first?.focus(),e.has(`needsPin`)&&this.needsPin&&this.pin?.focus(),this.alone&&!this.incident&&e.has(`request`)&&this.loadEvidence()}reset(){this.chosen=null,this.isBusy=this.isRead=this.needsPin=!1,this.error=``,this.incident=null,this.opened=new Set}render(){let{t:e,now:t,language:n}=this.ctx,r=this.request,i=`${this.ctx.base}/request/${r.id}`;return w`
      <article class=${this.compact?``:`card`} aria-labelledby="title">
        <div class="content">
          <header class="row" style="align-items:flex-start">
            ${Xt(r.severity,e)}
            <div class="grow">
              <h2 class="title" id="title">
                ${this.alone?r.title:w`<a href=${i}>${r.title}</a>`}
              </h2>
              <p class="quiet small">
                <a href="${this.ctx.base}/incident/${r.incident_id}">${e(`incident.number`,{number:r.incident_number})}</a>
                · <time datetime=${r.created_at} title=${$n(r.created_at,n)}>${Qn(r.created_at,t,n)}</time>
                ${r.status===`pending`&&!r.acts_at?w`· ${e(`request.expires`,{when:Qn(r.expires_at,t,n)})}`:E}
                ${r.requested_by||r.requested_via?w`· ${e(`request.by_person`)}`:E}
              </p>
            </div>
          </header>
          ${r.text&&(!this.compact||r.later)?w`<p class="text">${r.text}</p>`:E}
          ${r.status===`pending`?this.renderPending():this.renderDecided()}
          ${this.compact?E:this.renderEvidence()}
        </div>
      </article>
    `}renderPending(){let{t:e,now:t,language:n}=this.ctx,r=this.request;return w`
      ${r.snoozed_until&&Date.parse(r.snoozed_until)>t?w`<p class="row quiet">${F(`M23,12H17V10L20.39,6H17V4H23V6L19.62,10H23V12M15,16H9V14L12.39,10H9V8H15V10L11.62,14H15V16M7,20H1V18L4.39,14H1V12H7V14L3.62,18H7V20Z`)} ${e(`request.snoozed`,{when:G(r.snoozed_until,t,n)})}</p>`:E}
      ${r.first?w`<p class="row quiet">${F(te)} ${e(`request.first`,{person:r.first.person_name,label:r.first.label})}</p>`:E}
      ${this.renderActing()}
      <div class="options">
        ${(r.acts_at?r.proposal.options.slice(0,1):r.proposal.options).map(e=>this.renderOption(e))}
        ${this.renderError()}
      </div>
      ${this.compact?E:r.proposal.similar.map(e=>this.renderSimilar(e))}
      ${r.proposal.left_out.length&&!this.compact?w`<details>
            ${I(e(`request.left_out`,{count:r.proposal.left_out.length}))}
            <ul class="small quiet">${r.proposal.left_out.map(e=>w`<li>${e}</li>`)}</ul>
          </details>`:E}
      ${this.mayDecide&&r.acts_at?E:this.mayDecide?this.renderOthers():w`<p class="quiet small">${e(`request.view_only`)}</p>`}
    `}renderActing(){let{t:e,now:t,language:n}=this.ctx,{acts_at:r,proposal:i}=this.request;return r?w`<p class="row acting">${F(`M9 8H11V14H9V8M13 1H7V3H13V1M17.03 7.39C18.26 8.93 19 10.88 19 13C19 17.97 15 22 10 22C5.03 22 1 17.97 1 13S5.03 4 10 4C12.12 4 14.07 4.74 15.62 6L17.04 4.56C17.55 5 18 5.46 18.45 5.97L17.03 7.39M17 13C17 9.13 13.87 6 10 6S3 9.13 3 13 6.13 20 10 20 17 16.87 17 13M21 7V13H23V7H21M21 17H23V15H21V17Z`)}
      <strong>${e(`request.acts_alone`,{when:G(r,t,n),label:i.options[0]?.label??``})}</strong></p>
      ${this.mayDecide?w`<div class="row">
            <button class="danger" ?disabled=${this.isBusy} @click=${()=>this.send({verb:`reject`})}>${F(h)}${e(`request.stop`)}</button>
          </div>`:E}`:E}renderSimilar(e){let{t,base:n}=this.ctx,r=t(`incident.number`,{number:e.number});return w`<p class="small quiet">
      ${t(`request.similar`,{what:e.text})}
      <a href="${n}/incident/${e.id}">${r}</a>
    </p>`}renderOption(e){let{t,feed:n}=this.ctx,r=()=>Sr(e,t,n.rows(`catalogue`)[0],vr(e,n.rows(`statistics`)),this.people(e)),i=w`<span class="grow">${e.label}</span> ${Yn(e)?en(e.risk,t):E}`,a=yr(e),o=this.mayDecide&&qn(this.ctx.viewer.person,this.request,e.risk);return w`
      <div class="option" role="group" aria-label=${t(`request.option`,{number:e.number,label:e.label})}>
        <div class="row"><span class="number" aria-hidden="true">${e.number}</span>${i}</div>
        ${this.alone||!a?E:w`<p class="small quiet">${a}</p>`}
        ${this.alone?w`<div class="plan">${r()}</div>`:E}
        ${this.mayDecide&&!o?w`<p class="small quiet">${t(`request.risk_not_allowed`)}</p>`:E}
        <div class="row option-end">
          ${this.alone||this.compact||!e.steps.length?w`<span class="grow"></span>`:w`<details class="grow" @toggle=${t=>this.open(e.number,t)}>
                ${I(t(`request.plan`))}
                ${this.opened.has(e.number)?w`<div class="plan">${r()}</div>`:E}
              </details>`}
          ${o&&this.chosen!==e.number?w`<button class="primary" ?disabled=${this.isBusy} @click=${()=>this.choose(e.number)}>
                ${t(this.request.acts_at?`request.do_now`:Yn(e)?`request.approve`:`request.${e.kind}`)}
              </button>`:E}
        </div>
        ${o&&this.chosen===e.number?this.renderConfirm(e):E}
      </div>
    `}open(e,t){t.target.open&&(this.opened=new Set([...this.opened,e]))}people(e){return br(e,[this.request.category,...this.request.also_in],this.ctx)}renderConfirm(e){let{t}=this.ctx,n=e.risk===`high`,r=!n||this.isRead;return w`
      <div class="confirm" role="group" aria-label=${t(`request.confirm_group`)}>
        <p>${t(Yn(e)?`request.confirm_act`:`request.confirm_other`,{label:e.label})}</p>
        ${e.needs_two&&!this.request.first?w`<p class="small quiet">${this.people(e)}</p>`:E}
        ${n?w`<label>
              <input type="checkbox" data-first .checked=${this.isRead} @change=${e=>this.isRead=e.target.checked} />
              ${t(e.reversible?`request.read`:`request.read_irreversible`)}
            </label>`:E}
        ${this.needsPin?w`<label>${t(`request.pin`)} <input name="pin" type="password" inputmode="numeric" maxlength="12" autocomplete="off" /></label>`:E}
        <div class="row wrap">
          <button
            class=${n?`danger`:`primary`}
            ?data-first=${!n}
            ?disabled=${this.isBusy||!r}
            @click=${()=>this.approve(e)}
          >
            ${t(`request.confirm`)}
          </button>
          <button @click=${()=>this.chosen=null}>${t(`action.cancel`)}</button>
        </div>
      </div>
    `}renderError(){return w`<div aria-live="polite">${this.error?w`<p class="error" role="alert">${this.error}</p>`:E}</div>`}renderOthers(){let{t:e,now:t}=this.ctx;if(this.chosen===`snooze`)return w`<div class="confirm" role="group" aria-label=${e(`snooze.title`)}>
        <p>${e(`snooze.title`)}</p>
        <div class="row wrap">
          ${zn(t).map(([t,n],r)=>w`<button ?data-first=${r===0} ?disabled=${this.isBusy} @click=${()=>this.send({verb:`snooze`,until:n})}>${e(t)}</button>`)}
          <button class="plain" @click=${()=>this.chosen=null}>${e(`action.cancel`)}</button>
        </div>
      </div>`;if(this.chosen===`reject`||this.chosen===`ignore`){let t=this.chosen;return w`<div class="confirm" role="group" aria-label=${e(`request.confirm_group`)}>
        <p>${e(`request.confirm_${t}`)}</p>
        <div class="row wrap">
          <button class="primary" data-first ?disabled=${this.isBusy} @click=${()=>this.send({verb:t})}>${e(`verb.${t}`)}</button>
          <button @click=${()=>this.chosen=null}>${e(`action.cancel`)}</button>
        </div>
      </div>`}return w`<div class="row wrap">
      <button @click=${()=>this.choose(`reject`)}>${F(h)}${e(`verb.reject`)}</button>
      <button @click=${()=>this.choose(`snooze`)}>${F(ae)}${e(`verb.snooze`)}</button>
      ${Xn(this.request)?E:w`<button @click=${()=>this.choose(`ignore`)}>${F(pe)}${e(`verb.ignore`)}</button>`}
    </div>`}renderDecided(){let{t:e,now:t,language:n}=this.ctx,r=this.request,[i,a]={approved:[`good`,`M12 2C6.5 2 2 6.5 2 12S6.5 22 12 22 22 17.5 22 12 17.5 2 12 2M10 17L5 12L6.41 10.59L10 14.17L17.59 6.58L19 8L10 17Z`],scheduled:[`neutral`,`M12,20A8,8 0 0,0 20,12A8,8 0 0,0 12,4A8,8 0 0,0 4,12A8,8 0 0,0 12,20M12,2A10,10 0 0,1 22,12A10,10 0 0,1 12,22C6.47,22 2,17.5 2,12A10,10 0 0,1 12,2M12.5,7V12.25L17,14.92L16.25,16.15L11,13V7H12.5Z`],rejected:[`bad`,`M12,2C17.53,2 22,6.47 22,12C22,17.53 17.53,22 12,22C6.47,22 2,17.53 2,12C2,6.47 6.47,2 12,2M15.59,7L12,10.59L8.41,7L7,8.41L10.59,12L7,15.59L8.41,17L12,13.41L15.59,17L17,15.59L13.41,12L17,8.41L15.59,7Z`],ignored:[`neutral`,`M2,5.27L3.28,4L20,20.72L18.73,22L15.65,18.92C14.5,19.3 13.28,19.5 12,19.5C7,19.5 2.73,16.39 1,12C1.69,10.24 2.79,8.69 4.19,7.46L2,5.27M12,9A3,3 0 0,1 15,12C15,12.35 14.94,12.69 14.83,13L11,9.17C11.31,9.06 11.65,9 12,9M12,4.5C17,4.5 21.27,7.61 23,12C22.18,14.08 20.79,15.88 19,17.19L17.58,15.76C18.94,14.82 20.06,13.54 20.82,12C19.17,8.64 15.76,6.5 12,6.5C10.91,6.5 9.84,6.68 8.84,7L7.3,5.47C8.74,4.85 10.33,4.5 12,4.5M3.18,12C4.83,15.36 8.24,17.5 12,17.5C12.69,17.5 13.37,17.43 14,17.29L11.72,15C10.29,14.85 9.15,13.71 9,12.28L5.6,8.87C4.61,9.72 3.78,10.78 3.18,12Z`],expired:[`warning`,`M11 7V13L16.2 16.1L17 14.9L12.5 12.2V7H11M20 12V18H22V12H20M20 20V22H22V20H20M18 20C16.3 21.3 14.3 22 12 22C6.5 22 2 17.5 2 12S6.5 2 12 2C16.8 2 20.9 5.4 21.8 10H19.7C18.8 6.6 15.7 4 12 4C7.6 4 4 7.6 4 12S7.6 20 12 20C14.4 20 16.5 18.9 18 17.3V20Z`],superseded:[`neutral`,`M11 7V13L16.2 16.1L17 14.9L12.5 12.2V7H11M20 12V18H22V12H20M20 20V22H22V20H20M18 20C16.3 21.3 14.3 22 12 22C6.5 22 2 17.5 2 12S6.5 2 12 2C16.8 2 20.9 5.4 21.8 10H19.7C18.8 6.6 15.7 4 12 4C7.6 4 4 7.6 4 12S7.6 20 12 20C14.4 20 16.5 18.9 18 17.3V20Z`]}[r.status]??[`neutral`,`M11 7V13L16.2 16.1L17 14.9L12.5 12.2V7H11M20 12V18H22V12H20M20 20V22H22V20H20M18 20C16.3 21.3 14.3 22 12 22C6.5 22 2 17.5 2 12S6.5 2 12 2C16.8 2 20.9 5.4 21.8 10H19.7C18.8 6.6 15.7 4 12 4C7.6 4 4 7.6 4 12S7.6 20 12 20C14.4 20 16.5 18.9 18 17.3V20Z`],o=r.decision,s=o?Jn(r,o):r.status,c=o?e(`decided.${s}`,{label:o.label,person:o.person_name,via:e(`front_end.${o.via}`),when:G(o.at,t,n)}):r.withdrawn||e(`decided.${r.status}_alone`);return w`<p class="result row ${i}" role="status">${F(a)}<span>${c}</span></p>
      ${r.status===`scheduled`?this.renderScheduled():E}`}renderScheduled(){let{t:e,feed:t}=this.ctx,n=this.request,r=n.proposal.options.find(e=>e.number===n.decision?.option),i=r=>w`<div class="plan">
      ${Sr(r,e,t.rows(`catalogue`)[0],vr(r,t.rows(`statistics`)),xr(n,r,e))}
    </div>`;return w`
      ${!r||this.compact?E:this.alone?i(r):w`<details>${I(e(`request.plan`))}${i(r)}</details>`}
      ${this.renderError()}
      ${this.mayDecide?w`<div class="row">
            <button ?disabled=${this.isBusy} @click=${()=>this.send({verb:`cancel`})}>${F(h)}${e(`verb.cancel`)}</button>
          </div>`:E}
    `}renderEvidence(){let{t:e}=this.ctx,t=this.incident?or(this.incident,this.ctx):w`<p class="quiet">${e(`state.loading`)}</p>`;return this.alone?w`<h3 class="heading">${e(`request.evidence`)}</h3>${t}`:w`<details @toggle=${e=>e.target.open&&this.loadEvidence()}>
      ${I(e(`request.evidence`))}${t}
    </details>`}get mayDecide(){return!!this.ctx.feed.state?.connected&&Kn(this.ctx.viewer.person,this.request)}choose(e){this.chosen=e,this.error=``,this.isRead=this.needsPin=!1}approve(e){let t=this.needsPin?{pin:this.pin?.value??``}:{};return this.send({verb:`approve`,option:e.number,plan_hash:e.plan_hash,...t})}async send(e){this.isBusy=!0,this.error=``;try{let t=await V(this.ctx,`decide`,{approval_id:this.request.id,...e});this.ctx.feed.put(`approval`,t.id,t),this.chosen=null}catch(e){this.needsPin=e.code===`pin_needed`,this.error=H(e,this.ctx.t)}finally{this.isBusy=!1}}async loadEvidence(){if(!this.incident)try{let e=await V(this.ctx,`incident`,{incident_id:this.request.incident_id});this.incident=e.incident}catch(e){this.error=H(e,this.ctx.t)}}};B([M({attribute:!1})],K.prototype,`ctx`,void 0),B([M({attribute:!1})],K.prototype,`request`,void 0),B([M({type:Boolean})],K.prototype,`alone`,void 0),B([M({type:Boolean})],K.prototype,`compact`,void 0),B([N()],K.prototype,`chosen`,void 0),B([N()],K.prototype,`opened`,void 0),B([N()],K.prototype,`isBusy`,void 0),B([N()],K.prototype,`isRead`,void 0),B([N()],K.prototype,`needsPin`,void 0),B([N()],K.prototype,`error`,void 0),B([N()],K.prototype,`incident`,void 0),B([P(`[data-first]`)],K.prototype,`first`,void 0),B([P(`input[name=pin]`)],K.prototype,`pin`,void 0),K=B([j(`homelab-steward-request`)],K);var Tr={good:`good`,problem:`warning`,critical:`bad`,away:`bad`,off:`neutral`,unknown:`neutral`},Er=new Set([`resolved`,`ignored`]),Dr=[`critical`,`away`,`problem`,`unknown`,`off`,`good`];function Or(e,t){let n={critical:0,warning:1,info:2};return t.filter(t=>t.target?.instance_id===e&&!Er.has(t.status)&&!t.is_request).sort((e,t)=>n[e.severity]-n[t.severity]||t.number-e.number)}function kr(e,t){if(e.expected_off!==null)return`off`;let n=Or(e.id,t);return n.some(e=>e.severity===`critical`)?`critical`:e.status===`pending`?`unknown`:e.status===`ok`?n.some(e=>e.severity===`warning`)?`problem`:`good`:`away`}function Ar(e,t,n){if(t.expected_off!==null)return`off`;let r=Or(e,n).filter(e=>e.target?.kind===t.kind&&e.target.id===t.id);return r.some(e=>e.severity===`critical`)?`critical`:r.some(e=>e.severity===`warning`)?`problem`:t.values.running===!1?`off`:`good`}function jr(e){return Dr.find(t=>e.includes(t))??`good`}function Mr(e,t){let n=e=>Nr(e,t)?.category??``,r=(t?.categories??[]).map(e=>({...e})),i=new Set(r.map(e=>e.key));for(let t of e){let e=n(t);i.has(e)||(i.add(e),r.push({key:e,name:e,icon:``}))}return r.map(t=>({...t,instances:e.filter(e=>n(e)===t.key).sort((e,t)=>e.name.localeCompare(t.name))})).filter(e=>e.instances.length>0)}function Nr(e,t){return t?.services.find(t=>t.key===e.service)}function Pr(e,t,n,r){let i=[],a=new Map;for(let o of e){let e=new Set((Nr(o,n)?.resources??[]).filter(e=>e.role===`host`||e.role===`application`).map(e=>e.kind)),s=(t.find(e=>e.instance_id===o.id)?.resources??[]).filter(t=>e.has(t.kind));if(!s.length)continue;let c=new Map(s.map(e=>[`${e.kind}/${e.id}`,Fr(o.id,e,r)])),l={id:o.id,name:o.name,kind:`instance`,instanceId:o.id,health:kr(o,r),children:[]};for(let e of s){let t=c.get(`${e.kind}/${e.id}`),n=e.parent?c.get(`${e.parent.kind}/${e.parent.id}`):void 0;if(!t)continue;(n&&n!==t?n:l).children.push(t);let r=e.name.toLowerCase();a.set(r,[...a.get(r)??[],t])}i.push(l)}let o=new Set(i.map(e=>e.id));for(let t of e){let[e,...i]=a.get(t.name.toLowerCase())??[];!e||i.length||o.has(t.id)||e.children.push({id:t.id,name:Nr(t,n)?.name??t.name,kind:`application`,instanceId:t.id,health:kr(t,r),children:[]})}return i}function Fr(e,t,n){return{id:`${e}/${t.kind}/${t.id}`,name:t.name,kind:t.kind,instanceId:e,health:Ar(e,t,n),children:[]}}function Ir(e,t,n){let r=document.createElement(`a`);r.href=URL.createObjectURL(new Blob(n,{type:t})),r.download=e,r.click(),URL.revokeObjectURL(r.href)}var Lr=[`all`,`waiting`,`held`,`running`,`blocked`,`done`],Rr={asked:`waiting`,ready:`waiting`,held:`held`,deferred:`held`,applying:`running`,watching:`running`,blocked:`blocked`,went_back:`blocked`,failed:`blocked`,rejected:`blocked`,done:`done`,gone:`done`},zr=[`asked`,`applying`,`watching`,`ready`,`held`,`deferred`];function q(e){return!zr.includes(e.status)}function Br(e,t){return t===`all`||Rr[e.status]===t}function Vr(e){let t=e=>q(e)?zr.length:zr.indexOf(e.status);return[...e].sort((e,n)=>t(e)-t(n)||Hr(e)-Hr(n)||e.id.localeCompare(n.id))}function Hr(e){return q(e)?-Date.parse(e.updated_at):Date.parse(e.until??e.found_at)}function Ur(e,t){if(!t.group||q(t))return[];let n=Vr(e.filter(e=>e.group===t.group&&!q(e)));return n.length>1?n.sort((e,t)=>e.wave-t.wave):[]}function Wr(e,t){let{instance_id:n,kind:r,id:i}=t.target,a=e=>e.target.instance_id===n&&e.target.kind===r&&e.target.id===i;return e.filter(e=>e.id!==t.id&&a(e)).sort((e,t)=>Date.parse(t.updated_at)-Date.parse(e.updated_at))}function Gr(e,t){let n=new Map(t.map(e=>[e.id,e]));for(let t of e){let e=n.get(t.id);(!e||(t.brief?t.updated_at>e.updated_at:t.updated_at>=e.updated_at))&&n.set(t.id,t)}return[...n.values()]}var Kr=/(`[^`]+`)|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)/g;function qr(e){let t=[],n=0;for(let r of e.matchAll(Kr)){r.index>n&&t.push({kind:`text`,text:e.slice(n,r.index)});let[i,a,o,s,c,l]=r;a?t.push({kind:`code`,text:a.slice(1,-1)}):o?t.push({kind:`strong`,text:o}):s?t.push({kind:`emphasis`,text:s}):c&&l&&/^https?:\/\//i.test(l)?t.push({kind:`link`,text:c,url:l}):t.push({kind:`text`,text:c??i}),n=r.index+i.length}return n<e.length&&t.push({kind:`text`,text:e.slice(n)}),t}var Jr=/^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;function Yr(e){let t=e.replaceAll(`\r
`,`
`).split(`
`),n=[],r=0;for(;r<t.length;){let e=t[r]??``,i=/^(#{1,6})\s+(.*)$/.exec(e);if(!e.trim())r+=1;else if(e.trimStart().startsWith("```")){let e=t.findIndex((e,t)=>t>r&&e.trimStart().startsWith("```")),i=e<0?t.length:e;n.push({kind:`code`,text:t.slice(r+1,i).join(`
`)}),r=i+1}else if(i)n.push({kind:`heading`,level:i[1]?.length??1,text:qr(i[2]??``)}),r+=1;else if(Jr.test(e))r=Zr(t,r,n);else if(e.trim().startsWith(`|`)&&/^[\s|:-]+$/.test(t[r+1]??`x`))r=Qr(t,r,n);else{let e=r;for(;r<t.length&&Xr(t[r]??``);)r+=1;r===e&&(r+=1),n.push({kind:`paragraph`,text:qr(t.slice(e,r).join(` `))})}}return n}function Xr(e){return e.trim()!==``&&!Jr.test(e)&&!/^#{1,6}\s/.test(e)&&!e.trimStart().startsWith("```")}function Zr(e,t,n){let r=[],i=/^\s*\d/.test(e[t]??``),a=t;for(;a<e.length;a+=1){let t=e[a]??``,n=Jr.exec(t);if(n)r.push(n[2]??``);else if(t.startsWith(`  `)&&t.trim())r[r.length-1]+=` ${t.trim()}`;else break}return n.push({kind:`list`,ordered:i,items:r.map(qr)}),a}function Qr(e,t,n){let r=e=>e.trim().replace(/^\||\|$/g,``).split(`|`).map(e=>qr(e.trim())),i=t+2;for(;i<e.length&&(e[i]??``).trim().startsWith(`|`);)i+=1;return n.push({kind:`table`,head:r(e[t]??``),rows:e.slice(t+2,i).map(r)}),i}function $r(e){return w`<div class="markdown content" style="padding:0">${Yr(e).map(ei)}</div>`}function ei(e){switch(e.kind){case`heading`:return e.level<=1?w`<h3 class="title">${J(e.text)}</h3>`:w`<h4 class="title">${J(e.text)}</h4>`;case`paragraph`:return w`<p>${J(e.text)}</p>`;case`code`:return w`<pre tabindex="0">${e.text}</pre>`;case`list`:{let t=e.items.map(e=>w`<li>${J(e)}</li>`);return e.ordered?w`<ol style="padding-inline-start:20px">${t}</ol>`:w`<ul style="padding-inline-start:20px">${t}</ul>`}case`table`:return w`<div style="overflow-x:auto" tabindex="0"><table>
        <thead><tr>${e.head.map(e=>w`<th scope="col">${J(e)}</th>`)}</tr></thead>
        <tbody>${e.rows.map(e=>w`<tr>${e.map(e=>w`<td>${J(e)}</td>`)}</tr>`)}</tbody>
      </table></div>`}}function J(e){return e.map(e=>{switch(e.kind){case`strong`:return w`<strong>${e.text}</strong>`;case`emphasis`:return w`<em>${e.text}</em>`;case`code`:return w`<code>${e.text}</code>`;case`link`:return w`<a href=${e.url} target="_blank" rel="noreferrer noopener">${e.text}</a>`;case`text`:return e.text}})}var Y=(e,t,n,r={},i=``,a=``)=>({at:e,kind:t,tone:n,values:r,detail:i,request:a});function ti(e){let{incident:t}=e;return[...t.alerts.map(e=>Y(e.starts_at,`alert`,e.severity===`critical`?`bad`:`warning`,{name:e.name,source:e.source,count:e.count},e.summary)),Y(t.opened_at,t.is_request?`asked`:`opened`,`info`),...t.diagnosis?[Y(t.diagnosis.made_at,`diagnosed`,`info`,{},t.diagnosis.summary)]:[],...e.approvals.flatMap(ni),...e.runs.flatMap(ri),...t.comments.map(e=>Y(e.at,`comment`,`neutral`,{person:e.person_name},e.text)),...t.alerts.filter(e=>e.status===`resolved`&&e.ends_at).map(e=>Y(e.ends_at??``,`alert_ended`,`good`,{name:e.name})),...t.resolved_at?[Y(t.resolved_at,`resolved`,`good`,{},t.resolution)]:[]].map((e,t)=>({one:e,index:t})).sort((e,t)=>Date.parse(e.one.at)-Date.parse(t.one.at)||e.index-t.index).map(({one:e})=>e)}function ni(e){let t=e.proposal.options.map(e=>`${e.number} ${e.label}`).join(`
`),n=[Y(e.created_at,`requested`,`info`,{},t,e.id)];if(e.first&&n.push(Y(e.first.at,`first`,`info`,{person:e.first.person_name,label:e.first.label},``,e.id)),e.decision){let{person_name:t,label:r,via:i,at:a}=e.decision,o=e.status===`approved`?`good`:`neutral`;n.push(Y(a,Jn(e,e.decision),o,{person:t,label:r,via:i},``,e.id))}else(e.status===`expired`||e.status===`superseded`)&&n.push(Y(e.expires_at,e.status,`neutral`,{},e.withdrawn,e.id));return n}function ri(e){let t=[Y(e.started_at,`started`,`info`,{label:e.label},``,e.approval_id)];for(let n of e.steps){if(n.state===`intended`)continue;let r=n.state===`failed`?`bad`:n.state===`undone`||n.state===`effect_unknown`?`warning`:`good`;t.push(Y(n.changed_at,`step_${n.state}`,r,{title:n.title,target:n.target.name},n.detail,e.approval_id))}if(e.verdict){let{outcome:n,checks:r,at:i,summary:a}=e.verdict,o=n===`fixed`?`good`:n===`worse`?`bad`:`warning`,s=r.map(e=>`${e.ok===null?`?`:e.ok?`✓`:`✗`} ${e.name}: ${e.text}`);t.push(Y(i,`verdict_${n}`,o,{},[a,...s].filter(Boolean).join(`
`),e.approval_id))}else e.error&&t.push(Y(e.finished_at??e.started_at,`failed`,`bad`,{},e.error,e.approval_id));return t}function ii(e,t,n){let r=n.filter(t=>t.incident_id===e.incident.id),i=new Map([...e.approvals,...r].map(e=>[e.id,e])),a=t&&!t.brief&&t.updated_at>=e.incident.updated_at?t:e.incident,o=new Map([...e.runs,...a.run?[a.run]:[]].map(e=>[e.id,e]));return{incident:a,approvals:[...i.values()],runs:[...o.values()]}}var ai=[`fixed`,`not_fixed`,`worse`,`unknown`,`relapsed`];function oi(e){let[t]=e;if(!t)return;let n=ai.map(t=>[t,e.reduce((e,n)=>e+n[t],0)]);return{...t,...Object.fromEntries(n)}}function si(e,t,n,r){return Array.from({length:n},(i,a)=>{let o=new Date(t-(n-1-a)*864e5).toISOString().slice(0,10);return{name:o,value:e.filter(e=>e.day===o&&(!r||e.deployment===r)).reduce((e,t)=>e+t.used,0)}})}var ci=`http://www.w3.org/2000/svg`,li=new Set([`svg`,`g`,`title`,`desc`,`text`,`line`,`rect`,`circle`,`path`,`polyline`,`polygon`]),ui=/^(viewBox|role|aria-label|font-size|font-family|font-weight|text-anchor|fill|fill-opacity|stroke|stroke-opacity|stroke-width|opacity|transform|rx|ry|r|d|points|[xy][12]?|c[xy]|width|height)$/,di=/^[^<>]*$/;function fi(e){let t=new DOMParser().parseFromString(e,`image/svg+xml`).documentElement;return t.localName===`svg`?pi(t):null}function pi(e){if(e.namespaceURI!==ci||!li.has(e.localName))return null;let t=document.createElementNS(ci,e.localName);for(let{name:n,value:r}of e.attributes)ui.test(n)&&di.test(r)&&!/url\s*\(/i.test(r)&&t.setAttribute(n,r);for(let n of e.childNodes)if(n instanceof Element){let e=pi(n);e&&t.append(e)}else n.nodeType===Node.TEXT_NODE&&t.append(n.textContent??``);return t}function mi(e,t,n){let r=[t.title,n];return e.proposal.options.some(e=>e.runbook_id===t.id||e.steps.some(e=>r.includes(e.runbook)))}var X=class extends A{constructor(...e){super(...e),this.found=null,this.selected=0,this.report=null,this.answer=``,this.isBusy=!1,this.asked=``,this.submit=async e=>{if(e.preventDefault(),this.isBusy)return;this.isBusy=!0,this.answer=``,this.report=null;let t=this.found?.targets[this.selected]?.target,n=this.runbook.id;try{let e=await V(this.ctx,`run_runbook`,{runbook_id:n,...t?{instance_id:t.instance_id,kind:t.kind,target_id:t.id}:{}});if(n!==this.runbook.id)return;e.request?(this.ctx.feed.put(`approval`,e.request.id,e.request),qt(`${this.ctx.base}/request/${e.request.id}`)):this.report=e.report}catch(e){n===this.runbook.id&&(this.answer=this.reasonOf(e))}finally{this.isBusy=!1}}}static{this.styles=[L,g`
      form,
      .field {
        display: flex;
        flex-direction: column;
        gap: 4px;
        align-items: flex-start;
      }
      form {
        gap: 12px;
      }
      .field {
        width: 100%;
        max-width: 420px;
      }
      select {
        width: 100%;
      }
      h4 {
        margin: 16px 0 4px;
      }
      ul {
        margin: 0;
        padding-inline-start: 20px;
      }
      li {
        overflow-wrap: anywhere;
      }
    `]}willUpdate(e){let t=this.mayAsk?this.runbook.id:``;e.has(`runbook`)&&this.asked!==this.runbook.id&&this.forget(),t&&t!==this.asked&&this.load(t)}render(){let{t:e}=this.ctx;return this.mayAsk?w`<section class="card content">
      <h3 class="title">${e(`runbook.run`)}</h3>
      ${this.renderWaiting()} ${this.found?this.renderForm(this.found):E}
      <div aria-live="polite">${this.answer?w`<p>${this.answer}</p>`:E}${this.renderReport()}</div>
    </section>`:E}get mayAsk(){let e=this.ctx.viewer.person?.role;return(e===`owner`||e===`member`)&&!!this.ctx.feed.state?.connected}renderWaiting(){let{t:e,feed:t,base:n,name:r}=this.ctx,i=t.rows(`approval`).filter(e=>e.status===`pending`&&mi(e,this.runbook,r(this.runbook.title)));return i.length?w`<p class="small quiet">${e(`runbook.waiting`)}</p>
      <ul>${i.map(e=>w`<li><a href="${n}/request/${e.id}">${e.title}</a></li>`)}</ul>`:E}renderForm(e){let{t}=this.ctx;return!e.targets.length&&!e.is_for_all?w`<p class="quiet">${e.reason}</p>`:w`<form aria-label=${t(`runbook.run`)} @submit=${this.submit}>
      <p class="small quiet">${t(e.only_reads?`runbook.run_reads`:`runbook.run_text`)}</p>
      <label class="field">${t(`service.target`)}
        <select @change=${e=>{this.selected=Number(e.target.value),this.report=null,this.answer=``}}>
          ${e.is_for_all?w`<option value="-1" ?selected=${this.selected===-1}>${t(`runbook.everything`)}</option>`:E}
          ${e.targets.map((e,t)=>w`<option value=${t} ?selected=${t===this.selected}>${this.label(e)}</option>`)}
        </select>
      </label>
      <button ?disabled=${this.isBusy}>${t(e.only_reads?`runbook.read`:`service.request`)}</button>
    </form>`}renderReport(){return this.report?w`<p><strong>${this.report.headline}</strong></p>
      ${this.report.sections.map(e=>w`<h4>${e.title}</h4><ul class="small">${e.lines.map(e=>w`<li translate="no">${e}</li>`)}</ul>`)}`:E}label(e){let t=this.ctx.feed.row(`instance`,e.target.instance_id)?.name??e.target.instance_id;return e.target.kind===`instance`||t===e.name?e.name:`${e.name} (${t})`}forget(){this.found=null,this.report=null,this.answer=``}async load(e){this.asked=e;try{let t=await V(this.ctx,`runbook_targets`,{runbook_id:e});if(e!==this.runbook.id)return;this.found=t,this.selected=t.is_for_all?-1:0}catch(t){e===this.runbook.id&&(this.answer=H(t,this.ctx.t))}}reasonOf(e){let{code:t,message:n}=e;return t===`unavailable`&&n?n:H(e,this.ctx.t)}};B([M({attribute:!1})],X.prototype,`ctx`,void 0),B([M({attribute:!1})],X.prototype,`runbook`,void 0),B([N()],X.prototype,`found`,void 0),B([N()],X.prototype,`selected`,void 0),B([N()],X.prototype,`report`,void 0),B([N()],X.prototype,`answer`,void 0),B([N()],X.prototype,`isBusy`,void 0),X=B([j(`homelab-steward-run-runbook`)],X);var hi=/^(---\r?\n)([\s\S]*?\r?\n)(---\r?\n|---$)/,gi=/^symptoms:[ \t]*\r?\n((?:[ \t]*-[ \t]+\S.*(?:\r?\n|$))+)/m,_i=/^symptoms:/m,vi=/^[\p{L}(/][^:#\r\n\t\\]*[^:#\s\\]$/u,yi=/^(?:true|false|yes|no|on|off|null|nan|inf)$/i;function bi(e){let t=hi.exec(e)?.[2];if(t===void 0)return null;let n=gi.exec(t);if(!n)return _i.test(t)?null:[];let r=t.slice(n.index+n[0].length);if(/^[ \t]+\S/.test(r))return null;let i=(n[1]??``).trimEnd().split(/\r?\n/).map(e=>wi(e.replace(/^[ \t]*-[ \t]+/,``).trimEnd()));return i.every(e=>e!==null)?i:null}function xi(e,t){return e.replace(hi,(e,n,r,i)=>{let a=t.length?`symptoms:\n${t.map(e=>`  - ${Ti(e)}\n`).join(``)}`:``;return n+(gi.test(r)?r.replace(gi,()=>a):r+a)+i})}function Si(e){return e.split(/\r?\n/).map(e=>e.trim()).filter(Boolean)}function Ci(e){return e.length>40?`symptoms_many`:e.some(e=>e.length>200)?`symptom_long`:new Set(e.map(e=>e.toLowerCase())).size<e.length?`symptom_twice`:null}function wi(e){if(e.startsWith(`"`))try{let t=JSON.parse(e);return typeof t==`string`?t:null}catch{return null}return e.startsWith(`'`)?/^'(?:[^']|'')*'$/.test(e)?e.slice(1,-1).replaceAll(`''`,`'`):null:/^[[{&*!|>%@`]|: |:$| #/.test(e)?null:e}function Ti(e){return vi.test(e)&&!yi.test(e)?e:JSON.stringify(e)}function Ei(e,t,n,r){let i=n.find(n=>n.action===t.key&&n.argument===e.key);return(i?.reading?r?.[i.reading]:void 0)??e.default}function Di(e,t,n){if(e.kind===`boolean`)return{value:t===!0};let r=String(t??``).trim();return r?e.kind===`number`?Oi(e,r):e.kind===`choice`&&!e.choices.includes(r)||e.kind===`target`&&!n.some(t=>t.kind===e.scope&&t.id===r)?Z(`choice`):{value:r}:e.required?Z(`required`):{value:null}}function Oi({minimum:e,maximum:t,unit:n},r){let i=Number(r);if(!Number.isFinite(i))return Z(`number`);let a=n?` ${n}`:``;return(e===null||i>=e)&&(t===null||i<=t)?{value:i}:e!==null&&t!==null?Z(`range`,{least:e,most:`${t}${a}`}):e===null?Z(`at_most`,{most:`${t}${a}`}):Z(`at_least`,{least:`${e}${a}`})}function Z(e,t={}){return{mistake:{key:e,values:t}}}var Q=class extends A{constructor(...e){super(...e),this.entered={},this.mistakes={},this.dry=null,this.answer=``,this.isBusy=!1,this.isOpen=!1,this.number=0,this.toggle=e=>{this.isOpen=e.target.open},this.preview=async()=>{this.dry=await this.send(!0)??null},this.submit=async e=>{e.preventDefault();let t=await this.send(!1);t?.approval_id?qt(`${this.ctx.base}/request/${t.approval_id}`):t&&(this.answer=t.message)}}static{this.styles=[L,wr,g`
      details > summary {
        color: var(--primary-text-color);
      }
      form,
      .field {
        display: flex;
        flex-direction: column;
        gap: 4px;
      }
      form {
        gap: 12px;
        margin-top: 8px;
      }
      .field {
        align-items: flex-start;
        max-width: 420px;
      }
      .field.switch {
        flex-direction: row;
        align-items: center;
        gap: 8px;
      }
      .field :is(input:not([type="checkbox"]), select) {
        width: 100%;
      }
      [aria-invalid="true"] {
        border-color: var(--error-color, #db4437);
      }
      .mistake {
        color: color-mix(in srgb, var(--error-color, #db4437) 78%, var(--primary-text-color));
      }
      .plan {
        padding: 12px;
        border: 1px solid var(--divider-color);
        border-radius: 8px;
      }
    `]}willUpdate(e){let t=e.get(`instance`);t&&t.id!==this.instance.id&&(this.entered={},this.target=void 0,this.forget())}render(){let{t:e,viewer:t,feed:n}=this.ctx,{action:r}=this,i=this.snapshot?.unavailable[`action.${r.key}`],a=t.person&&n.state?.connected&&!i&&(r.scope===null||this.targets.length);return w`
      <details @toggle=${this.toggle}>
        ${I(w`<strong class="grow">${this.ctx.name(r.name)}</strong>${en(r.risk,e)}`)}
        <p class="small quiet">${this.ctx.name(r.description)}${r.reversible?``:` ${e(`plan.irreversible`)}.`}</p>
        ${a&&this.isOpen?this.renderForm():E}
      </details>
      ${i?w`<p class="small">${e(`service.not_offered`,{reason:i})}</p>`:E}
    `}renderForm(){let{t:e,feed:t}=this.ctx,n=t.rows(`catalogue`)[0];return w`<form novalidate aria-label=${this.ctx.name(this.action.name)} @submit=${this.submit}>
      ${this.action.scope?this.renderTarget():E}
      ${this.action.arguments.map(e=>this.renderField(e))}
      ${this.dry?.option?w`<div class="plan" role="status">
            ${this.dry.instead?w`<p>${this.dry.instead}</p>`:E}${Sr(this.dry.option,e,n,void 0,br(this.dry.option,this.dry.categories,this.ctx))}
          </div>`:E}
      <div class="row wrap">
        <button type="button" ?disabled=${this.isBusy} @click=${this.preview}>${e(`plan.dry_run`)}</button>
        <button ?disabled=${this.isBusy}>${e(`service.request`)}</button>
      </div>
      <div aria-live="polite">${this.answer?w`<p>${this.answer}</p>`:E}</div>
    </form>`}renderTarget(){return w`<label class="field">${this.ctx.t(`service.target`)}
      <select @change=${e=>{this.target=e.target.value,this.forget()}}>
        ${this.targets.map(e=>w`<option value=${e.id} ?selected=${e.id===this.aim?.id}>${e.name}</option>`)}
      </select>
    </label>`}renderField(e){let{name:t,t:n}=this.ctx,r=this.mistakes[e.key],i=`${t(e.name)}${e.unit?` (${e.unit})`:``}`,a=e.description?t(e.description):``;return w`<div>
      <label class="field ${e.kind===`boolean`?`switch`:``}">${i}${this.renderInput(e,!!r)}</label>
      ${r?w`<p id="about-${e.key}" class="small mistake" role="alert">${n(`form.${r.key}`,r.values)}</p>`:w`<p id="about-${e.key}" class="small quiet" ?hidden=${!a}>${a}</p>`}
    </div>`}renderInput(e,t){let n=this.currentOf(e),r=t=>{let n=t.target;this.entered={...this.entered,[e.key]:e.kind===`boolean`?n.checked:n.value},this.forget(e.key)};if(e.kind===`boolean`)return w`<input type="checkbox" name=${e.key} .checked=${n===!0} @change=${r} />`;let i=`about-${e.key}`;if(e.kind===`choice`||e.kind===`target`)return w`<select name=${e.key} aria-describedby=${i} aria-invalid=${t} ?required=${e.required} @change=${r}>
        ${n===null||!e.required?w`<option value="" ?selected=${n===null}></option>`:E}
        ${this.choices(e).map(([e,t])=>w`<option value=${e} ?selected=${e===n}>${t}</option>`)}
      </select>`;let a={number:`number`,url:`url`,secret:`password`,text:`text`}[e.kind];return w`<input name=${e.key} type=${a} step="any" autocomplete="off" maxlength="2000"
      aria-describedby=${i} aria-invalid=${t} ?required=${e.required}
      min=${e.minimum??E} max=${e.maximum??E} .value=${String(n??``)} @input=${r} />`}choices(e){return e.kind===`choice`?e.choices.map(e=>[e,this.ctx.name(hr(e))]):this.resources.filter(t=>t.kind===e.scope).map(e=>[e.id,e.name])}get resources(){return this.snapshot?.resources??[]}get targets(){return this.resources.filter(e=>e.kind===this.action.scope)}get aim(){return this.targets.find(e=>e.id===this.target)??this.targets[0]}currentOf(e){let t=this.action.scope?this.aim?.values:this.snapshot?.values;return this.entered[e.key]??Ei(e,this.action,this.offer.controls,t)}forget(e){this.number+=1,this.isBusy=!1,this.dry=null,this.answer=``,this.mistakes=e?Object.fromEntries(Object.entries(this.mistakes).filter(([t])=>t!==e)):{}}read(){let e=[],t={};for(let n of this.action.arguments){let r=Di(n,this.currentOf(n),this.resources);r.mistake?t[n.key]=r.mistake:r.value!==null&&e.push([n.key,r.value])}this.mistakes=t;let n=Object.keys(t)[0];return n&&this.renderRoot.querySelector(`[name="${CSS.escape(n)}"]`)?.focus(),n?null:Object.fromEntries(e)}async send(e){let t=this.read();if(this.answer=``,!t||this.isBusy)return;let n=++this.number;this.isBusy=!0;try{let r=await V(this.ctx,`request_action`,{instance_id:this.instance.id,action:this.action.key,arguments:t,...this.aim?{target_id:this.aim.id}:{},...e?{only_dry_run:!0}:{}});return n===this.number?r:void 0}catch(e){n===this.number&&(this.answer=this.reasonOf(e));return}finally{n===this.number&&(this.isBusy=!1)}}reasonOf(e){let{code:t,message:n}=e,{t:r}=this.ctx;return t===`unavailable`&&n?r(`service.not_offered`,{reason:n}):H(e,r)}};B([M({attribute:!1})],Q.prototype,`ctx`,void 0),B([M({attribute:!1})],Q.prototype,`instance`,void 0),B([M({attribute:!1})],Q.prototype,`offer`,void 0),B([M({attribute:!1})],Q.prototype,`action`,void 0),B([M({attribute:!1})],Q.prototype,`snapshot`,void 0),B([N()],Q.prototype,`entered`,void 0),B([N()],Q.prototype,`mistakes`,void 0),B([N()],Q.prototype,`target`,void 0),B([N()],Q.prototype,`dry`,void 0),B([N()],Q.prototype,`answer`,void 0),B([N()],Q.prototype,`isBusy`,void 0),B([N()],Q.prototype,`isOpen`,void 0),Q=B([j(`homelab-steward-action`)],Q);var ki=60;function Ai(e,t){return t.filter(t=>ji(t.target,e))}function ji(e,t){return e.instance_id===t.instance_id&&e.kind===t.kind&&e.id===t.id}var $=class extends A{constructor(...e){super(...e),this.name=``,this.names=[],this.compact=!1,this.isOpen=!1,this.isBusy=!1,this.answer=``,this.open=async()=>{this.isOpen=!0,this.answer=``,await this.updateComplete,this.input?.focus()},this.close=async()=>{this.isOpen=!1,this.answer=``,await this.updateComplete,this.button?.focus()},this.leave=e=>{e.key===`Escape`&&this.close()},this.submit=async e=>{e.preventDefault();let t=this.input?.value.trim()??``;t&&await this.change(`add_alias`,t)?await this.close():this.input?.focus()}}static{this.styles=[L,g`
      :host([open]) {
        flex-basis: 100%;
      }
      .chip {
        max-width: 100%;
        white-space: normal;
        overflow-wrap: anywhere;
      }
      .chip:has(button) {
        padding-inline-end: 2px;
      }
      .chip button {
        min-width: 28px;
        min-height: 28px;
        padding: 4px;
        border-color: transparent;
        color: inherit;
      }
      .chip button svg {
        width: 16px;
        height: 16px;
      }
      form {
        display: flex;
        flex-direction: column;
        gap: 8px;
        margin-top: 8px;
        max-width: 420px;
      }
      label {
        display: flex;
        flex-direction: column;
        align-items: stretch;
        gap: 4px;
      }
    `]}willUpdate(e){let t=e.get(`target`);t&&!ji(t,this.target)&&(this.isOpen=!1,this.answer=``)}get mayChange(){let{viewer:e,feed:t}=this.ctx;return e.person?.role===`owner`&&!!t.state?.connected}render(){let{t:e}=this.ctx;return!this.names.length&&!this.mayChange&&!this.answer?E:w`
      <div class="row wrap small">
        ${this.names.length?w`<span class="quiet">${e(`names.also`)}</span>`:E}
        ${this.names.map(e=>this.renderName(e))}
        ${this.mayChange&&!this.isOpen&&!this.names.some(e=>e.gone)?w`<button class="plain small add" ?disabled=${this.isBusy} aria-label=${e(`names.add_for`,{name:this.name})} title=${e(`names.add`)} @click=${this.open}>${F(`M6.5 5A1.5 1.5 0 1 0 8 6.5A1.5 1.5 0 0 0 6.5 5M6.5 5A1.5 1.5 0 1 0 8 6.5A1.5 1.5 0 0 0 6.5 5M21.41 11.58L12.41 2.58A2 2 0 0 0 11 2H4A2 2 0 0 0 2 4V11A2 2 0 0 0 2.59 12.42L3 12.82A5.62 5.62 0 0 1 5.08 12.08L4 11V4H11L20 13L13 20L11.92 18.92A5.57 5.57 0 0 1 11.18 21L11.59 21.41A2 2 0 0 0 13 22A2 2 0 0 0 14.41 21.41L21.41 14.41A2 2 0 0 0 22 13A2 2 0 0 0 21.41 11.58M6.5 5A1.5 1.5 0 1 0 8 6.5A1.5 1.5 0 0 0 6.5 5M10 19H7V22H5V19H2V17H5V14H7V17H10Z`)}${this.compact?E:e(`names.add`)}</button>`:E}
      </div>
      ${this.isOpen&&this.mayChange?this.renderForm():E}
      <div aria-live="polite">${this.answer?w`<p class="small error">${this.answer}</p>`:E}</div>
    `}renderName(e){let{t}=this.ctx;return w`<span class="chip" title=${e.origin===`person`?t(`names.added_by`,{person:e.added_by}):t(`names.from_${e.origin}`)}><span translate="no">${e.name}</span>${e.origin===`person`&&this.mayChange?w`<button ?disabled=${this.isBusy} aria-label=${t(`names.remove`,{name:e.name})} @click=${()=>this.change(`remove_alias`,e.name)}>${F(h)}</button>`:E}</span>`}renderForm(){let{t:e}=this.ctx;return w`<form novalidate @submit=${this.submit} @keydown=${this.leave}>
      <label>${e(`names.label`,{name:this.name})}
        <input maxlength=${ki} autocomplete="off" aria-describedby="hint" /></label>
      <p id="hint" class="small quiet">${e(`names.hint`)}</p>
      <div class="row wrap">
        <button class="primary" ?disabled=${this.isBusy}>${e(`names.save`)}</button>
        <button type="button" @click=${this.close}>${e(`action.cancel`)}</button>
      </div>
    </form>`}async change(e,t){this.isBusy=!0,this.answer=``;let{instance_id:n,kind:r,id:i}=this.target;try{let a=await V(this.ctx,e,{instance_id:n,kind:r,target_id:i,name:t});return this.dispatchEvent(new CustomEvent(`names-changed`,{detail:a.aliases,bubbles:!0,composed:!0})),!0}catch(e){return this.answer=H(e,this.ctx.t),!1}finally{this.isBusy=!1}}};B([M({attribute:!1})],$.prototype,`ctx`,void 0),B([M({attribute:!1})],$.prototype,`target`,void 0),B([M()],$.prototype,`name`,void 0),B([M({attribute:!1})],$.prototype,`names`,void 0),B([M({type:Boolean})],$.prototype,`compact`,void 0),B([M({type:Boolean,reflect:!0,attribute:`open`})],$.prototype,`isOpen`,void 0),B([N()],$.prototype,`isBusy`,void 0),B([N()],$.prototype,`answer`,void 0),B([P(`input`)],$.prototype,`input`,void 0),B([P(`button.add`)],$.prototype,`button`,void 0),$=B([j(`homelab-steward-names`)],$);var Mi=4e6;function Ni(e,t){let n=e?e.split(`
`):[],r=t?t.split(`
`):[],i=n.length*r.length>Mi?Pi(n,r):Fi(n,r),a=new Set(i.map(([e])=>e)),o=new Set(i.map(([,e])=>e));return{before:n.map((e,t)=>({text:e,isCommon:a.has(t)})),after:r.map((e,t)=>({text:e,isCommon:o.has(t)}))}}function Pi(e,t){return e.flatMap((e,n)=>t[n]===e?[[n,n]]:[])}function Fi(e,t){let n=t.length+1,r=new Uint16Array((e.length+1)*n);for(let i=e.length-1;i>=0;--i)for(let a=t.length-1;a>=0;--a)r[i*n+a]=e[i]===t[a]?r[(i+1)*n+a+1]+1:Math.max(r[(i+1)*n+a],r[i*n+a+1]);let i=[];for(let a=0,o=0;a<e.length&&o<t.length;)e[a]===t[o]?i.push([a++,o++]):r[(a+1)*n+o]>=r[a*n+o+1]?a+=1:o+=1;return i}export{L as $,xe as $t,ur as A,p as At,nr as B,se as Bt,kr as C,o as Ct,Ar as D,u as Dt,Nr as E,l as Et,er as F,re as Ft,V as G,fe as Gt,Ln as H,le as Ht,$n as I,ie as It,B as J,he as Jt,wn as K,pe as Kt,rr as L,ae as Lt,or as M,ee as Mt,ar as N,te as Nt,jr as O,d as Ot,G as P,ne as Pt,R as Q,be as Qt,tr as R,h as Rt,Mr as S,a as St,Or as T,c as Tt,Cn as U,ue as Ut,Un as V,ce as Vt,Tn as W,de as Wt,bn as X,_e as Xt,yn as Y,ge as Yt,xn as Z,ve as Zt,Br as _,ze as _n,w as _t,bi as a,De as an,Xt as at,Ir as b,t as bt,si as c,Ae as cn,Jt as ct,ii as d,Ne as dn,P as dt,Se as en,rn as et,$r as f,Pe as fn,N as ft,q as g,Re as gn,E as gt,Vr as h,Le as hn,A as ht,Ci as i,Ee as in,en as it,lr as j,m as jt,wr as k,f as kt,oi as l,je as ln,qt as lt,Wr as m,Ie as mn,j as mt,Ai as n,we as nn,tn as nt,xi as o,Oe as on,Qt as ot,Lr as p,Fe as pn,M as pt,H as q,me as qt,Si as r,Te as rn,nn as rt,fi as s,ke as sn,I as st,Ni as t,Ce as tn,F as tt,ti as u,Me as un,Kt as ut,Gr as v,Be as vn,g as vt,Pr as w,s as wt,Tr as x,n as xt,Ur as y,Ve as yn,e as yt,Qn as z,oe as zt};